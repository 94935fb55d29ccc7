import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { nginxAdvice, nginxPath } from '../nginx.mjs'

/** An nginx in front of an app. */
export interface NginxServer {
  /** The address in the browser: `http://127.0.0.1:8080`. */
  readonly origin: string
  stop(): Promise<void>
}

/** Options of {@link startNginx}. */
export interface NginxOptions {
  readonly port: number
  /** Directives of the `server` block and its location. The app is at `http://127.0.0.1:<appPort>`. */
  readonly directives: string
  /** nginx ends TLS, with its own certificate. */
  readonly isTls: boolean
}

const START_LIMIT_MS = 10_000

/** Starts an nginx on a loopback port. `directives` belongs to a `server` block; nginx uses its defaults for the rest. */
export async function startNginx({ port, directives, isTls }: NginxOptions): Promise<NginxServer> {
  const path = nginxPath()
  if (path === undefined) throw new Error(`There is no nginx for the tests. ${nginxAdvice}`)
  const folder = await mkdtemp(join(tmpdir(), 'nginx-under-test-'))
  if (isTls) makeCertificate(folder)
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']
    .map((name) => `${name}_temp_path ${folder}/${name};`)
    .join('\n')
  const config = join(folder, 'nginx.conf')
  await writeFile(
    config,
    `daemon off;
master_process off;
pid ${folder}/nginx.pid;
error_log ${folder}/error.log;
events {}
http {
  access_log off;
  ${temporary}
  server {
    listen 127.0.0.1:${port}${isTls ? ' ssl' : ''};
    ${isTls ? `ssl_certificate ${folder}/cert.pem; ssl_certificate_key ${folder}/key.pem;` : ''}
    ${directives}
  }
}
`,
  )
  // A shell stops nginx when the pipe closes. Otherwise nginx would outlive a worker that Vitest kills.
  const child = spawn(
    'sh',
    [
      '-c',
      '"$0" "$@" & read -r _; kill -9 $! 2>/dev/null; wait',
      path,
      '-p',
      folder,
      '-e',
      'stderr',
      '-c',
      config,
    ],
    { stdio: ['pipe', 'ignore', 'pipe'] },
  )
  let printed = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    printed += text
  })
  const ended = once(child, 'exit')
  const stop = async (): Promise<void> => {
    child.stdin.end()
    await ended
    await rm(folder, { recursive: true, force: true })
  }
  const giveUpAt = Date.now() + START_LIMIT_MS
  while (!(await accepts(port))) {
    if (Date.now() < giveUpAt) continue
    await stop()
    throw new Error(`nginx did not start: ${printed}`)
  }
  return { origin: `${isTls ? 'https' : 'http'}://127.0.0.1:${port}`, stop }
}

function makeCertificate(folder: string): void {
  execFileSync(
    'openssl',
    [
      ...[
        'req',
        '-x509',
        '-newkey',
        'ec',
        '-pkeyopt',
        'ec_paramgen_curve:prime256v1',
        '-nodes',
        '-days',
        '2',
      ],
      ...['-subj', '/CN=127.0.0.1', '-addext', 'subjectAltName=IP:127.0.0.1'],
      ...['-keyout', join(folder, 'key.pem'), '-out', join(folder, 'cert.pem')],
    ],
    { stdio: 'ignore' },
  )
}

/** Whether a server listens on the port. */
function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1')
    socket.on('connect', () => {
      socket.destroy()
      resolve(true)
    })
    socket.on('error', () => setTimeout(resolve, 50, false))
  })
}
