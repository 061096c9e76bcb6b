# docker build -t orgexit .
# docker run --rm --network none -v "$PWD:/w:ro" -w /w orgexit check snapshot
FROM debian:bookworm-slim AS build
RUN apt-get update -qq && apt-get install -y -qq --no-install-recommends make && rm -rf /var/lib/apt/lists/*
WORKDIR /src
COPY . .
RUN make build-deps
RUN make -s -j "$(nproc)" install DESTDIR=/out PREFIX=/usr

FROM debian:bookworm-slim
RUN apt-get update -qq && apt-get install -y -qq --no-install-recommends libpcre2-8-0 libssl3 libyaml-0-2 && rm -rf /var/lib/apt/lists/*
COPY --from=build /out/usr/bin/orgexit /usr/bin/orgexit
COPY --from=build /out/usr/share/orgexit /usr/share/orgexit
USER 65534
ENTRYPOINT ["orgexit"]
