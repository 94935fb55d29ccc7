import { type Ends, ends, type Fault, HOUR, later, linked, MINUTE, SECOND } from './fault.js'

/** The end at each moment, in the order of {@link moments}; `undefined` if the moment is not tested. */
type EndsInOrder = readonly (Ends | undefined)[]

const moments = [
  'at the first request',
  'while a code is on screen',
  'between scan and link',
  'once linked',
] as const

function strikes(name: string, cause: Fault['cause'], inOrder: EndsInOrder, lastsMs = 0): readonly Fault[] {
  return moments.flatMap((when, index) => {
    const strikesEnds = inOrder[index]
    return strikesEnds ? [{ name, when, cause, lastsMs, ends: strikesEnds }] : []
  })
}

const early: EndsInOrder = [linked, linked, linked]
const late: EndsInOrder = [undefined, linked, linked, linked]

/** When a pairing code expires, the state is read once more. No provider reports a phone that has entered the code before it is linked. */
const codeGone = ends('linked', 'expired (code-not-entered)')

const clocks: readonly Fault[] = [
  ...strikes('the clock is set an hour ahead', ({ machine }) => machine.setClock(HOUR), [
    undefined,
    codeGone,
    // GREEN-API is between two states then, so its state is read again.
    { ...codeGone, 'green-api/phone-code': 'linked' },
    linked,
  ]),
  ...[HOUR, 10 * SECOND].flatMap((ms) =>
    strikes(`the clock is set ${ms / SECOND} s back`, ({ machine }) => machine.setClock(-ms), [
      undefined,
      codeGone,
      codeGone,
      linked,
    ]),
  ),
  ...strikes('the machine sleeps for 8 hours', ({ machine }) => machine.sleep(8 * HOUR), [
    undefined,
    codeGone,
    linked,
    linked,
  ]),
]

const absences: readonly Fault[] = [5 * SECOND, 5 * MINUTE].flatMap((ms) => [
  ...strikes(
    `offline for ${ms / SECOND} s`,
    (setup) => {
      setup.setOnline(false)
      later(ms, () => setup.setOnline(true))
    },
    early,
    ms,
  ),
  ...strikes(
    `hidden for ${ms / SECOND} s`,
    (setup) => {
      setup.setSeen(false)
      later(ms, () => setup.setSeen(true))
    },
    // A user cannot enter a code that is not shown.
    ms < MINUTE ? early : [codeGone, codeGone, linked],
    ms,
  ),
])

const mounts: readonly Fault[] = [
  ...[0, 10 * SECOND, 5 * MINUTE].flatMap((ms) =>
    strikes(
      ms === 0 ? 'the component is mounted again' : `the component is away for ${ms / SECOND} s`,
      ({ page }) => {
        page.close()
        later(ms, page.open)
      },
      late,
      ms,
    ),
  ),
  {
    name: 'the component unmounts during its first request, and mounts again',
    when: 'at the first request',
    cause: ({ page, pageLink }) => {
      pageLink.delayMs = () => SECOND
      later(SECOND / 2, () => {
        page.close()
        page.open()
      })
    },
    ends: linked,
  },
]

/** The same page with other options. */
function different(name: string, setup: Fault['setup']): Fault {
  return { name, when: 'at the first request', cause: () => {}, setup: setup ?? {}, ends: linked }
}

/** Faults of the page and of its machine. */
export const browserFaults: readonly Fault[] = [
  ...clocks,
  ...absences,
  ...mounts,
  different('StrictMode', { isStrict: true }),
  different('two components are on the page', { copies: 2 }),
  different('the page may only poll', { isLive: false }),
  {
    name: 'no picture can be drawn',
    when: 'at the first request',
    cause: ({ page }) => {
      page.canDraw = false
    },
    // The server sends the text of each picture.
    ends: linked,
  },
]
