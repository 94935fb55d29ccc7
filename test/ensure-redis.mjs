import { ensureProgram } from './ensure-program.mjs'
import { redisAdvice, redisServerPath } from './redis.mjs'

await ensureProgram({
  name: 'Redis',
  debianPackages: ['redis-server'],
  variable: 'REDIS_SERVER_PATH',
  advice: redisAdvice,
  find: redisServerPath,
})
