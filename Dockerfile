# syntax=docker/dockerfile:1

# The build stage writes only to /src and /out, and the last stage is filled by
# COPY alone: scripts/image-check replays this file by those two rules.

FROM golang:1.26-bookworm AS build
WORKDIR /src
COPY go.mod go.sum ./
RUN --mount=type=cache,target=/go/pkg/mod \
    go mod download
# The copy includes .git, from which Go stamps the commit into the binary.
COPY . .
RUN --mount=type=cache,target=/go/pkg/mod --mount=type=cache,target=/root/.cache/go-build \
    scripts/build /out/liaison
# The directories the last stage has; it has no shell to make them with.
RUN mkdir -p /out/root && mkdir -m 0750 /out/root/data && mkdir -m 1777 /out/root/tmp

FROM scratch
LABEL org.opencontainers.image.title="liaison" \
      org.opencontainers.image.description="Chatbot between enterprises and the government's liaison stations"
COPY --from=build /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/
COPY --from=build --chown=65532:65532 /out/root/ /
COPY --from=build /out/liaison /liaison
# 65532 is no user of any host by default. An own volume must be writable by it.
USER 65532:65532
ENV LIAISON_DATA=/data \
    LIAISON_ADDR=0.0.0.0:8080
VOLUME ["/data"]
EXPOSE 8080
HEALTHCHECK --interval=30s --timeout=5s --start-period=20s --retries=3 \
    CMD ["/liaison", "healthcheck"]
ENTRYPOINT ["/liaison"]
