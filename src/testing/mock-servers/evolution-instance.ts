import { qrTextOf } from '../emulated-codes.js'
import type { Emulator, EmulatorEvent } from '../emulator.js'
import { createAgenda } from './agenda.js'
import { createEvolutionRecords } from './evolution-records.js'
import type {
  EvolutionCodes,
  EvolutionInstance,
  EvolutionInstanceOptions,
  EvolutionState,
} from './evolution-types.js'
import type { EvolutionSocket } from './evolution-whatsapp.js'
import { createEvolutionWhatsApp } from './evolution-whatsapp.js'

// The behaviour of Evolution API, from recordings of 2.3.7 and 2.4: see test/fixtures/recordings.

/** The server's setting (`qrTimeout`), independent of WhatsApp's times. */
const CODE_MS = 45_000
const CLOSED_MS = 10
const CONNECTING_MS = 40
const ENTERED_MS = 70
const OPEN_MS = 10
const EVICTED_MS = 5
/** With a number, the QR code waits for the pairing code. */
const PAIRING_CODE_MS = 1_100
/** 2.3.7: time after a logout in which a `connect` fails. Between 14 ms and 1 s in the recordings. */
const SETTLING_MS = 500

/** One instance on an Evolution API server. */
export function createEvolutionInstance(
  emulator: Emulator,
  options: EvolutionInstanceOptions,
): EvolutionInstance {
  const { instanceName, version, qrLimit, startingMs, gapMs, onEvent, onWhatsApp } = options
  const is24 = version === '2.4'
  const agenda = createAgenda(emulator, { isPunctual: onEvent !== undefined || onWhatsApp !== undefined })
  const whatsapp = createEvolutionWhatsApp(onWhatsApp)
  const records = createEvolutionRecords(emulator.now, options)
  const { write, send, update, disconnected } = records
  let state: EvolutionState = 'close'
  let codes: EvolutionCodes = { count: 0 }
  let phoneNumber: string | null = null
  /** 2.4: set by a logout and never reset, so that the server does not reconnect after the next scan. */
  let isDeleting = false
  /** The stored credentials. WhatsApp refuses `leftovers`. */
  let saved: 'none' | 'leftovers' | 'device' = 'none'
  /** The newest socket. Older ones stay open, but the server has lost them. */
  let socket: EvolutionSocket | undefined
  let settledAt = Number.NEGATIVE_INFINITY
  /** The first socket of this instance. Earlier ones belong to a deleted instance of the same name. */
  let firstId = 0
  /** False in the first moments after some starts of the server. */
  let isLoaded = true
  let isOwnAction = false

  const act = (action: () => void): void => {
    isOwnAction = true
    action()
    isOwnAction = false
  }

  function open(at: number): void {
    const opened = whatsapp.open()
    socket = opened
    agenda.add(at + CONNECTING_MS, () => {
      if (!opened.isOpen) return
      state = 'connecting'
      update({ state, statusReason: 200 })
    })
    agenda.add(at + ENTERED_MS, (now) => {
      if (!opened.isOpen) return
      if (saved === 'none') register(opened, at, now)
      else if (saved === 'device' && isLinkedAtWhatsApp()) login(opened, now)
      else refuse(opened, now)
    })
  }

  function isLinkedAtWhatsApp(): boolean {
    return emulator.state.status === 'linked' || emulator.state.status === 'linking'
  }

  function register(opened: EvolutionSocket, openedAt: number, at: number): void {
    whatsapp.register(opened, at)
    const codeAt = Math.max(openedAt + startingMs, at)
    // WhatsApp would accept scans of both sockets, but this phone has the codes of only one.
    if (opened === socket) {
      act(() => {
        emulator.restart()
        emulator.start(codeAt - emulator.now(), CODE_MS)
      })
    }
    agenda.add(codeAt, (now) => nextCode(opened, now))
  }

  function nextCode(of: EvolutionSocket, at: number): void {
    if (!of.isOpen || of.isLinked) return
    // 2.3.7 sends codes of a socket from before a `delete` for the new instance of the same name.
    if (is24 && of.id < firstId) return
    const isShown = of === socket
    if (isShown && emulator.state.status === 'out-of-codes') {
      outOfCodes(of, at)
      return
    }
    // A phone has scanned or entered a code, but the link is not complete.
    if (isShown && emulator.state.status !== 'pairing') return
    if (codes.count >= qrLimit) {
      limit(of, at)
      return
    }
    of.codes += 1
    of.codeAt = at
    codes = { ...codes, count: codes.count + 1 }
    const code = isShown && emulator.state.status === 'pairing' ? emulator.state.qrText : unseenCode(of)
    if (phoneNumber === null) keep(code, null)
    else agenda.add(at + PAIRING_CODE_MS, (now) => of.isOpen && requestPairingCode(of, code, now))
    agenda.add(at + CODE_MS, (now) => {
      // Skips this if WhatsApp has replaced the code since then.
      if (of.codeAt === at) nextCode(of, now)
    })
  }

  function keep(code: string, pairingCode: string | null): void {
    codes = { count: codes.count, code, pairingCode }
    write({ connectionStatus: 'connecting' })
    send('qrcode.updated', { qrcode: { instance: instanceName, pairingCode, code } })
  }

  function requestPairingCode(of: EvolutionSocket, code: string, at: number): void {
    if (phoneNumber === null || of.isLinked || isLinkedAtWhatsApp()) return
    let value = UNKNOWN_NUMBER_CODE
    act(() => {
      const issued = emulator.requestPairingCode(phoneNumber ?? '')
      // The server returns a code for any number, and reports no error if WhatsApp refuses the number.
      if (issued.ok) value = issued.pairingCode.value
    })
    saved = 'leftovers'
    whatsapp.note('code-requested', at)
    keep(code, value)
  }

  /** After the last of its codes, WhatsApp's client gives up. */
  function outOfCodes(of: EvolutionSocket, at: number): void {
    whatsapp.close(of, at)
    state = 'close'
    if (is24 || of.isAdopted) {
      if (!of.isAdopted) act(() => emulator.restart())
      disconnected(408, ['status.instance', 'logout.instance', 'connection.update'])
    } else open(at)
  }

  function limit(of: EvolutionSocket, at: number): void {
    whatsapp.close(of, at)
    act(() => emulator.restart())
    // The server does not write this to its database, which still contains `connecting`.
    state = 'close'
    codes = { count: 0 }
    send('qrcode.updated', { message: 'QR code limit reached, please login again', statusCode: 500 })
    update({ state: 'refused', statusReason: 428 })
  }

  function login(of: EvolutionSocket, at: number): void {
    const others = whatsapp.login(of, at)
    // WhatsApp allows one socket per device. The server reconnects the other socket, which disconnects this one.
    for (const other of others) {
      agenda.add(at + EVICTED_MS, (now) => {
        if (!other.isOpen) return
        whatsapp.close(other, now)
        state = 'close'
        agenda.add(now + gapMs, open)
      })
    }
    agenda.add(at + OPEN_MS, () => {
      if (!of.isOpen || emulator.state.status !== 'linked') return
      const jid = `${emulator.state.account.phoneNumber}@s.whatsapp.net`
      state = 'open'
      write({ connectionStatus: 'open', ownerJid: jid })
      const { name, avatarUrl } = emulator.state.account
      update({ wuid: jid, profileName: name, profilePictureUrl: avatarUrl, state, statusReason: 200 })
    })
  }

  function refuse(of: EvolutionSocket, at: number): void {
    whatsapp.refuse(of, at)
    state = 'close'
    // 2.4 keeps credentials that WhatsApp refuses, and uses them again with each `connect`.
    if (is24 && saved === 'leftovers') return
    saved = 'none'
    act(() => emulator.logout())
    disconnected(401, ['status.instance', 'logout.instance', 'connection.update'])
  }

  /** The phone has scanned or entered a code, and WhatsApp requires the device to reconnect (515). */
  function scanned(): void {
    const { state: account } = emulator
    if (account.status !== 'linking') return
    // Without a gap, the instance opens when the account is linked.
    const pairedAt = account.linkedAt - CLOSED_MS - ENTERED_MS - OPEN_MS
    agenda.add(Math.max(pairedAt, emulator.now()), (at) => {
      whatsapp.note('linked', at)
      saved = 'device'
      if (socket) socket.isLinked = true
      agenda.add(at + CLOSED_MS, (now) => {
        if (socket) whatsapp.close(socket, now)
        state = 'close'
        if (!isDeleting) agenda.add(now + gapMs, open)
      })
    })
  }

  /** Handles changes of the account that this server did not make. */
  function changed({ action, at }: EmulatorEvent): void {
    if (isOwnAction) return
    agenda.catchUp()
    if (action === 'scan' || action === 'typeCode' || action === 'solvePasskey' || action === 'restore')
      scanned()
    else if (action === 'rotate' && socket) nextCode(socket, at)
    else if (action === 'start' || action === 'requestPairingCode') adopt(at)
    else if (action === 'restart') reconnect(at)
    else if (action === 'leaveStaleAuth') {
      whatsapp.closeAll(at)
      saved = 'leftovers'
      state = 'close'
      write({ connectionStatus: 'close' })
    } else if (action === 'disconnect' || action === 'logout') {
      if (whatsapp.connections === 0 && saved !== 'device') return
      whatsapp.note('logged-out', at)
      whatsapp.closeAll(at)
      saved = 'none'
      state = 'close'
      disconnected(401, ['logout.instance', 'connection.update', 'status.instance'])
    }
  }

  /** The account shows codes that this server did not request, because its pairing started earlier. */
  function adopt(at: number): void {
    if (socket?.isOpen) return
    const adopted = whatsapp.open()
    adopted.isAdopted = true
    socket = adopted
    whatsapp.register(adopted, at)
    state = 'connecting'
    agenda.add(at, (now) => nextCode(adopted, now))
  }

  /** The account reconnects, or no longer shows codes. */
  function reconnect(at: number): void {
    const wasOpen = whatsapp.connections > 0
    whatsapp.closeAll(at)
    state = 'connecting'
    const { state: account } = emulator
    if (account.status === 'linking') agenda.add(account.linkedAt, open)
    else if (wasOpen) open(at)
    else state = 'close'
  }

  emulator.subscribe(changed)
  const { state: initial, now } = emulator
  if (initial.status === 'stale-auth') saved = 'leftovers'
  else if (initial.status === 'pairing') adopt(now())
  else if (initial.status === 'linking') scanned()
  else if (initial.status === 'linked') {
    saved = 'device'
    socket = whatsapp.open()
    whatsapp.resume(socket)
    state = 'open'
    // The code that was scanned.
    codes = { count: 1 }
    const ownerJid = `${initial.account.phoneNumber}@s.whatsapp.net`
    records.create({ connectionStatus: 'open', ownerJid })
  }

  function endSocket(at: number): void {
    if (socket?.isLoggedIn) whatsapp.note('logged-out', at)
    if (socket) whatsapp.close(socket, at)
    state = 'close'
    saved = 'none'
    act(() => emulator.logout())
  }

  return {
    whatsapp,
    catchUp: agenda.catchUp,
    get state() {
      return state
    },
    get list() {
      return isLoaded ? records.entry : undefined
    },
    get codes() {
      return codes
    },
    get isSettling() {
      const isSettling = emulator.now() < settledAt
      settledAt = Number.NEGATIVE_INFINITY
      return isSettling
    },
    connect(number) {
      phoneNumber = number || null
      open(emulator.now())
    },
    logout() {
      if (state === 'close') return false
      const at = emulator.now()
      endSocket(at)
      if (is24) {
        isDeleting = true
        write({ connectionStatus: 'close' })
      } else {
        settledAt = at + SETTLING_MS
        disconnected(401, ['status.instance', 'logout.instance', 'connection.update'])
      }
      return true
    },
    restart() {
      const at = emulator.now()
      if (socket) whatsapp.close(socket, at)
      if (saved !== 'device') act(() => emulator.restart())
      state = 'close'
      agenda.add(at + (is24 ? RESTART_24_MS : 0), open)
    },
    remove() {
      const at = emulator.now()
      if (state !== 'close') {
        endSocket(at)
        if (!is24) disconnected(401, ['logout.instance', 'connection.update', 'status.instance'])
      }
      records.remove()
      state = undefined
      if (!is24) settledAt = at + SETTLING_MS
      send('remove.instance')
    },
    create() {
      firstId = whatsapp.nextId
      state = 'close'
      records.create({ updatedAt: emulator.now() })
      codes = { count: 0 }
      phoneNumber = null
      isDeleting = false
      saved = 'none'
    },
    stop() {
      whatsapp.closeAll(emulator.now())
      agenda.clear()
      if (saved !== 'device') act(() => emulator.restart())
      state = undefined
      codes = { count: 0 }
      phoneNumber = null
      isDeleting = false
      isLoaded = false
    },
    start(upAt) {
      // 2.3.7 responds before it has loaded such an instance: without a `state`, and with 404 for the list.
      const isLate = !is24 && saved === 'leftovers'
      agenda.add(upAt + (isLate ? LATE_MS : -EARLY_MS), (at) => {
        isLoaded = true
        state = 'close'
        // The server continues what it was doing.
        if ((records.entry?.connectionStatus ?? 'close') !== 'close') open(at)
      })
    },
  }
}

/** Returned for an invalid phone number. No phone accepts it. */
const UNKNOWN_NUMBER_CODE = 'ZZZZZZZZ'

const RESTART_24_MS = 3_000
const LATE_MS = 200
const EARLY_MS = 50

/** The code of a socket that is no longer used. */
function unseenCode({ id, codes }: EvolutionSocket): string {
  return qrTextOf(id, id, codes)
}
