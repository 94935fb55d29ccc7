import { ensureProgram } from './ensure-program.mjs'
import { nginxAdvice, nginxPath } from './nginx.mjs'

await ensureProgram({
  name: 'nginx',
  debianPackages: ['nginx', 'openssl'],
  variable: 'NGINX_PATH',
  advice: nginxAdvice,
  find: nginxPath,
})
