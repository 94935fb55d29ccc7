/** A connection from the server to WhatsApp. */
export interface EvolutionSocket {
  readonly id: number
  isOpen: boolean
  isLoggedIn: boolean
  /** A phone has scanned or entered one of its codes. */
  isLinked: boolean
  /** Its codes were issued before the mock server existed, or without it. No other codes follow. */
  isAdopted: boolean
  /** The number of codes so far, and the time of the last one. */
  codes: number
  codeAt: number
}

/** WhatsApp's view of the server. Several sockets of one device disconnect each other endlessly. */
export interface EvolutionWhatsApp {
  /** Every login of the linked device. More than one for each link and restart gets numbers banned. */
  readonly logins: number
  /** How often a socket requested a link. */
  readonly registrations: number
  /** Logins with credentials that WhatsApp refuses. */
  readonly refusedLogins: number
  /** The open sockets, including those that the server has lost. */
  readonly connections: number
  /** The `id` of the next socket. */
  readonly nextId: number
  open(): EvolutionSocket
  register(socket: EvolutionSocket, at: number): void
  /** Returns the sockets that it disconnects. */
  login(socket: EvolutionSocket, at: number): readonly EvolutionSocket[]
  refuse(socket: EvolutionSocket, at: number): void
  /** Registers a device that was linked before the mock server was created. */
  resume(socket: EvolutionSocket): void
  close(socket: EvolutionSocket, at: number): void
  closeAll(at: number): void
  note(event: string, at: number): void
}

/** Counts the server's actions at WhatsApp. */
export function createEvolutionWhatsApp(
  listener: ((event: { readonly event: string; readonly at: number }) => void) | undefined,
): EvolutionWhatsApp {
  const connected = new Set<EvolutionSocket>()
  const counts = { logins: 0, registrations: 0, refusedLogins: 0 }
  let sockets = 0
  const note = (event: string, at: number): void => listener?.({ event, at })

  function close(socket: EvolutionSocket, at: number): void {
    socket.isOpen = false
    if (connected.delete(socket)) note('close', at)
  }

  return {
    get logins() {
      return counts.logins
    },
    get registrations() {
      return counts.registrations
    },
    get refusedLogins() {
      return counts.refusedLogins
    },
    get connections() {
      return connected.size
    },
    get nextId() {
      return sockets + 1
    },
    open() {
      sockets += 1
      return {
        id: sockets,
        isOpen: true,
        isLoggedIn: false,
        isLinked: false,
        isAdopted: false,
        codes: 0,
        codeAt: 0,
      }
    },
    register(socket, at) {
      counts.registrations += 1
      connected.add(socket)
      note('registration', at)
    },
    login(socket, at) {
      const others = [...connected].filter((other) => other.isLoggedIn)
      counts.logins += 1
      socket.isLoggedIn = true
      connected.add(socket)
      note('login', at)
      return others
    },
    refuse(socket, at) {
      counts.refusedLogins += 1
      connected.add(socket)
      note('login-refused', at)
      close(socket, at)
    },
    resume(socket) {
      socket.isLoggedIn = true
      connected.add(socket)
    },
    close,
    closeAll(at) {
      for (const socket of [...connected]) close(socket, at)
    },
    note,
  }
}
