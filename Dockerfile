# Two stages: what builds stays behind, what runs is Node, the compiled program, its models and two small libraries.
FROM node:24.21.0-bookworm-slim AS build
RUN apt-get update \
 && apt-get install --yes --no-install-recommends gcc libc6-dev libvpx-dev \
 && rm -rf /var/lib/apt/lists/*
WORKDIR /visavis
COPY package.json package-lock.json ./
RUN npm ci --include=dev --ignore-scripts --no-audit --no-fund
COPY . .
RUN node src/native/codec/vp8/build.mjs \
 && node src/native/raster/build.mjs \
 && node setup/compile.mjs \
 && node dist/src/server/prepare-portraits.js \
 && node web/build.mjs \
 && npm prune --omit=dev --ignore-scripts --no-audit --no-fund

FROM node:24.21.0-bookworm-slim
RUN apt-get update \
 && apt-get install --yes --no-install-recommends espeak-ng tini \
 && rm -rf /var/lib/apt/lists/* \
 && install --directory --owner=node --group=node /data
WORKDIR /visavis
ENV NODE_ENV=production HOST=0.0.0.0 VISAVIS_SIGNALING_HOST=0.0.0.0 VISAVIS_DATA_DIR=/data
COPY --from=build /visavis/package.json ./
COPY --from=build /visavis/node_modules ./node_modules
COPY --from=build /visavis/build ./build
COPY --from=build /visavis/dist ./dist
COPY --from=build /visavis/models ./models
USER node
VOLUME /data
EXPOSE 8080
HEALTHCHECK --interval=10s --timeout=3s --start-period=60s \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT ?? 8080}/healthz`).then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
ENTRYPOINT ["/usr/bin/tini", "--"]
CMD ["node", "--enable-source-maps", "dist/src/server/main.js"]
