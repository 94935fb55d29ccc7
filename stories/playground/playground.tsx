import {
  QueryClient,
  QueryClientProvider,
  useMutation,
  useQuery,
  useQueryClient,
} from '@tanstack/react-query'
import { type ReactElement, useState } from 'react'
import { type PairingSource, usePairingSession, WhatsAppPairing } from '../../src/index.js'
import { localeOf, localesByFile } from '../all-locales.js'
import { findBackend, type PlaygroundBackend, type PlaygroundProviderId } from './backend.js'
import { providerName } from './emulated-provider.js'
import type { PhoneAction } from './phone-control.js'
import './playground.css'
import { SimulatedPhone } from './simulated-phone.js'
import type { TrafficView } from './traffic.js'
import { useTestPasskey, WhatsAppWeb } from './whatsapp-web.js'

const nameOf = (id: PlaygroundProviderId): string =>
  id === 'baileys' ? 'WhatsApp itself (Baileys)' : providerName(id)

/** Each language by its own name. */
const languages = [...localesByFile.keys()].map((tag) => ({
  tag,
  name: new Intl.DisplayNames([tag], { type: 'language' }).of(tag) ?? tag,
}))

/** Props of {@link Playground}. */
export interface PlaygroundProps {
  readonly theme: 'light' | 'dark'
}

/** The component next to a simulated phone, with the complete chain: browser, proxy, handler, adapter, mock server, emulator. */
export function Playground({ theme }: PlaygroundProps): ReactElement {
  const [queryClient] = useState(() => new QueryClient())
  return (
    <QueryClientProvider client={queryClient}>
      <WithBackend theme={theme} />
    </QueryClientProvider>
  )
}

function WithBackend({ theme }: PlaygroundProps): ReactElement {
  const backend = useQuery({
    queryKey: ['backend'],
    queryFn: findBackend,
    staleTime: Number.POSITIVE_INFINITY,
  })
  return backend.data ? <Table backend={backend.data} theme={theme} /> : <p>Starting…</p>
}

function Table({ backend, theme }: PlaygroundProps & { backend: PlaygroundBackend }): ReactElement {
  // A provider from the command line comes first.
  const [id, setId] = useState<PlaygroundProviderId>(backend.providers[0]?.id ?? 'green-api')
  const [opened, setOpened] = useState(1)
  const [round, setRound] = useState(1)
  const [language, setLanguage] = useState('en')
  const [isLive, setLive] = useState(true)
  const queryClient = useQueryClient()
  const provider = backend.providerOf(id, isLive, round)
  const isReal = backend.providers.some((one) => one.id === id && one.isReal)
  const phone = useQuery({
    queryKey: ['phone', id, round],
    queryFn: () => backend.view(id),
    enabled: !isReal,
    refetchInterval: 500,
  })
  const traffic = useQuery({
    queryKey: ['traffic', id, round],
    queryFn: () => backend.traffic(id),
    refetchInterval: 500,
  })
  const [isSigner, setSigner] = useState(true)
  const { signPasskey, prompt } = useTestPasskey()
  const { mutateAsync } = useMutation({
    mutationFn: (action: PhoneAction) => backend.act(id, action),
    onSettled: () => queryClient.invalidateQueries({ queryKey: ['phone'] }),
  })
  const reset = useMutation({
    mutationFn: async (action: PhoneAction | undefined) => {
      await backend.reset(id)
      if (action) await backend.act(id, action)
    },
    // A new session in the page too, because the cached one may be linked or wait for its next read.
    onSuccess: () => setRound(round + 1),
  })
  return (
    <div className="playground">
      <header>
        <h1>Playground</h1>
        <button type="button" className="field" onClick={() => setOpened(opened + 1)}>
          Open the screen again
        </button>
        {!isReal && (
          <button type="button" className="field" onClick={() => reset.mutate(undefined)}>
            Reset
          </button>
        )}
        <label htmlFor="provider">Provider</label>
        <select
          id="provider"
          className="field"
          value={id}
          onChange={({ target }) => setId(backend.providers.find((one) => one.id === target.value)?.id ?? id)}
        >
          {backend.providers.map((provider) => (
            <option key={provider.id} value={provider.id}>
              {nameOf(provider.id)}
              {provider.isReal ? ' (real)' : ''}
            </option>
          ))}
        </select>
        <label htmlFor="language">Language</label>
        <select
          id="language"
          className="field"
          value={language}
          onChange={({ target }) => setLanguage(target.value)}
        >
          {languages.map(({ tag, name }) => (
            <option key={tag} value={tag} lang={tag}>
              {name}
            </option>
          ))}
        </select>
      </header>
      {!isReal && (
        <p className="playground-note">
          Press “Scan the QR code” on the simulated phone, or choose “Phone number” and enter the code there.
        </p>
      )}
      <div className="playground-table">
        <WhatsAppPairing
          key={`${opened} ${round} ${isLive}`}
          provider={provider}
          appName="Acme Inbox"
          locale={localeOf(language)}
          theme={theme}
          signPasskey={isSigner && !isReal ? signPasskey : undefined}
        />
        {prompt && <WhatsAppWeb prompt={prompt} />}
        {isReal && <RealPhone provider={provider} name={nameOf(id)} />}
        {!isReal && phone.data && (
          <SimulatedPhone
            key={`${id} ${round}`}
            view={phone.data}
            provider={provider}
            onAct={mutateAsync}
            onStartAnew={reset.mutate}
          />
        )}
      </div>
      <p className="playground-note">
        {traffic.data && describe(traffic.data)}{' '}
        <label>
          <input type="checkbox" checked={isLive} onChange={({ target }) => setLive(target.checked)} /> Live
          events
        </label>{' '}
        <label>
          <input type="checkbox" checked={isSigner} onChange={({ target }) => setSigner(target.checked)} />{' '}
          The app passes passkeys on
        </label>
      </p>
      <p className="playground-note">
        {backend.place === 'server'
          ? `Browser → proxy → pairing handler in the dev server → adapter → ${isReal ? nameOf(id) : 'emulated provider'}.`
          : 'Everything runs in this page: proxy → pairing handler → adapter → emulated provider.'}
      </p>
    </div>
  )
}

/** The panel next to the component for a real provider. It shares the component's session. */
function RealPhone({ provider, name }: { provider: PairingSource; name: string }): ReactElement {
  const { session } = usePairingSession({ provider })
  const error = 'error' in session ? session.error : undefined
  return (
    <div className="playground-real">
      <p>This provider is real: link your own phone.</p>
      {error?.code === 'network' && (
        <p role="alert">
          The dev server cannot reach {name}, so no phone can be linked. Check this machine’s connection to
          the internet.
        </p>
      )}
    </div>
  )
}

/** How updates reach the component, and how many requests that needs. */
function describe({ watchers, upstreamCalls }: TrafficView): string {
  const way = watchers > 0 ? 'Live events: the server sends updates.' : 'Polling: the page reads.'
  return `${way} Requests to the provider so far: ${upstreamCalls}.`
}
