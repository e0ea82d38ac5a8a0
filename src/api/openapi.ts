// The API's own description, OpenAPI 3.1, generated from the schemas that check the requests.
import type { SwaggerOptions } from '@fastify/swagger'
import { createJsonSchemaTransform, createJsonSchemaTransformObject } from 'fastify-type-provider-zod'

const DESCRIPTION = `Quipu keeps portfolios as a log of facts. Commands record facts and answer with the log position from which they are
known; reads answer as of any effective date, as known at any position. Amounts are exact decimals as text. A command may carry
\`Idempotency-Key\`; facts are safe to repeat without one too, because each has a key of its own (a fill: source, trade date, ExecID).
Refusals are RFC 9457 problems whose \`code\` is stable.`

export function openApiOptions(version: string): SwaggerOptions {
  return {
    openapi: {
      openapi: '3.1.0',
      info: { title: 'Quipu', version, description: DESCRIPTION },
      components: { securitySchemes: { bearer: { type: 'http', scheme: 'bearer' } } },
      security: [{ bearer: [] }],
    },
    transform: createJsonSchemaTransform({
      skipList: ['/docs', '/docs/', '/docs/json', '/docs/yaml', '/docs/static/*'],
    }),
    transformObject: createJsonSchemaTransformObject({}),
  }
}
