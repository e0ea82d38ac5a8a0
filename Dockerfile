# Quipu as a container: compiled in one stage, run in another without compilers, as an ordinary user.
FROM node:20-slim AS build
WORKDIR /app
# The packages first: they change less often than the sources, and this layer is kept until they do.
COPY package.json package-lock.json .npmrc ./
RUN npm ci
COPY tsconfig.json tsconfig.build.json ./
COPY src ./src
RUN npm run build && npm prune --omit=dev

FROM node:20-slim
ENV NODE_ENV=production \
    NODE_OPTIONS=--max-semi-space-size=64 \
    QUIPU_DATA=/data
WORKDIR /app
# Tokens, keys and, where no DATABASE_URL is given, the embedded database.
RUN mkdir /data && chown node:node /data && chmod 700 /data
VOLUME /data
# Owned by root: the process cannot change its own program.
COPY --from=build /app/package.json ./
COPY --from=build /app/node_modules ./node_modules
COPY --from=build /app/dist ./dist
USER node
EXPOSE 7878
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s --retries=6 \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.QUIPU_PORT || 7878}/health`).then((answer) => process.exit(answer.ok ? 0 : 1), () => process.exit(1))"]
CMD ["node", "dist/cli/main.js", "serve"]
