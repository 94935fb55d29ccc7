/**
 * An attack that tests elsewhere carry out. Those of test/server/attacks stand there with their name and figure.
 *
 * @typedef {object} ListedAttack
 * @property {string} item as the review numbers it, or `N…` for one that is not in it
 * @property {string} name
 * @property {string} before what it did before the repair
 * @property {string} [file] where the tests are; without it, nothing stops the attack yet
 * @property {RegExp} [tests] their full names
 */

/** @type {readonly ListedAttack[]} */
export const listedAttacks = [
  {
    item: 'M2',
    name: 'a Redis that stands still for 34 s, then delivers everything',
    before: 'an expired code for 55 s, an ended link for 4 s',
    file: 'test/poller/bus.test.ts',
    tests: /a bus that stalls/,
  },
  {
    item: 'M10',
    name: 'two processes on one folder of Baileys',
    before: 'the link was lost, and 3 said linked',
    file: 'test/providers/baileys-processes.test.ts',
    tests: /two processes with one folder/,
  },
  {
    item: 'm2',
    name: 'pairing codes from several replicas',
    before: '12 at once in place of 3',
    file: 'test/server/shared-limits.test.ts',
    tests: /for all replicas together|after a restart of all processes/,
  },
  {
    item: 'm5',
    name: 'the token of a link in the address bar',
    before: 'it stayed',
    file: 'test/client/take-pairing-link-token.test.tsx',
    tests: /takePairingLinkToken/,
  },
  { item: 'm6', name: 'number and name in a persisted status query', before: 'both were in it' },
  { item: 'm8', name: 'provider JSON of 1.8 MB of brackets', before: '1.6 s without another response' },
  {
    item: 'm9',
    name: 'temporary credential files after kill -9',
    before: 'they stayed',
    file: 'test/providers/baileys-auth-folder.test.ts',
    tests: /killed while it wrote/,
  },
  {
    item: 'm11',
    name: 'warnings over HTTP/2',
    before: 'UnsupportedWarning',
    file: 'test/server/node.test.ts',
    tests: /gets no connection header/,
  },
  {
    item: 'N19',
    name: 'forged tokens: none, RS256, HS512, foreign keys, other audiences, far ends',
    before: 'not a JWT yet',
    file: 'test/server/pairing-link.test.ts',
    tests: /a payload that was signed with the secret/,
  },
  {
    item: 'N20',
    name: 'two session tags under one key in the browser',
    before: 'held',
    file: 'test/react/returns.test.tsx',
    tests: /shared by two providers with different tags/,
  },
  {
    item: 'N21',
    name: 'requests that page, webhook or console cause where nothing may be started',
    before: 'the next code was requested',
    file: 'test/server/allow-start.test.ts',
    tests: /allowStart: false/,
  },
  {
    item: 'N22',
    name: 'reads over plain http that name no origin',
    before: 'answered',
    file: 'test/server/origin.test.ts',
    tests: /names neither origin nor site/,
  },
  {
    item: 'N23',
    name: 'a client without a sign-in, another tenant, forged webhooks, floods, sockets',
    before: 'held',
    file: 'test/server/hostile-client.test.ts',
    tests: /./,
  },
]
