/**
 * An attack that tests elsewhere carry out. Those of test/server/attacks stand there with their name and figure.
 *
 * @typedef {object} ListedAttack
 * @property {string} item as the review numbers it, or `N…` for one that is not in it
 * @property {string} name
 * @property {string} before what it did before the repair
 * @property {string} file where the tests are
 * @property {RegExp} tests their full names
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
    item: 'm4',
    name: '400 refused webhooks, each for another tenant',
    before: '5.6 kB for good each',
    file: 'test/server/webhook-signature.test.ts',
    tests: /make no session and leave no memory/,
  },
  {
    item: 'm5',
    name: 'the token of a link in the address bar',
    before: 'it stayed',
    file: 'test/client/take-pairing-link-token.test.tsx',
    tests: /takePairingLinkToken/,
  },
  {
    item: 'm6',
    name: 'number and name in a persisted status query',
    before: 'both were in it',
    file: 'test/react/link-status.test.ts',
    tests: /neither the number nor the name|after a cache was restored/,
  },
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
    item: 'm11',
    name: 'addresses with ports that do not exist',
    before: 'taken, and reported as network errors',
    file: 'test/providers/options.test.ts',
    tests: /the URL of ownServer|the base URL of an adapter/,
  },
  {
    item: 'm11',
    name: 'Retry-After of centuries, of the past, and of words',
    before: '9e19 s was a pause of 1e+23 ms',
    file: 'test/providers/request.test.ts',
    tests: /Retry-After/,
  },
  {
    item: 'm12',
    name: 'the picture of an account at a foreign host',
    before: 'every https host got the IP address of the user',
    file: 'test/server/avatar-hosts.test.ts',
    tests: /avatarHosts/,
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
  {
    item: 'N25',
    name: 'starts on two replicas while Redis is away',
    before: '76 of 2,276 sessions were started twice',
    file: 'test/server/starts-during-an-outage.test.ts',
    tests: /./,
  },
  {
    item: 'N26',
    name: "options from text: allowStart: 'false', allowPasskeyAnswers: 'false', allowedOrigins: '…'",
    before: 'starts and passkeys were allowed; TypeError',
    file: 'test/server/handler.test.ts',
    tests: /options of handlers written in JavaScript/,
  },
  {
    item: 'N27',
    name: 'a Forwarded header whose quoted texts hold separators and other hosts',
    before: 'the own page was refused with 403',
    file: 'test/server/origin.test.ts',
    tests: /trustProxy/,
  },
]
