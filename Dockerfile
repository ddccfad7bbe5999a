# syntax=docker/dockerfile:1
# The image of the edges and of the operator: `docker build --tag roost .`, or scripts/build-image for two architectures and a
# registry; then for example
#
#   docker run --rm --publish 6697:6697 roost dev --ephemeral --tenants /usr/share/roost/examples --ircs 0.0.0.0:6697
#
# What goes in is listed in scripts/assemble-image, which makes the same file system without Docker too.

# Debian 12, whose libraries the programs are linked against and which go into the image.
FROM swift:6.3-bookworm AS build
WORKDIR /src
# The time that is written into what is made.
ARG SOURCE_DATE_EPOCH=0
COPY Package.swift Package.resolve[d] ./
RUN swift package resolve
COPY . .
RUN apt-get update && apt-get install -y --no-install-recommends ca-certificates python3 tzdata \
    && scripts/install-packages build \
    && scripts/build-release \
    && scripts/assemble-image /image

# No shell, no package manager, nothing but what the programs load.
FROM scratch
ARG VERSION=0.1.0
ARG REVISION=unknown
ARG CREATED=1970-01-01T00:00:00Z
ARG SOURCE=https://github.com/example/roost
LABEL org.opencontainers.image.title="Roost" \
      org.opencontainers.image.description="Multi-tenant IRC and IRCX hosting: edges and operator" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}" \
      org.opencontainers.image.created="${CREATED}" \
      org.opencontainers.image.source="${SOURCE}" \
      org.opencontainers.image.documentation="${SOURCE}/tree/main/docs/operations" \
      org.opencontainers.image.base.name="scratch" \
      org.opencontainers.image.licenses="Apache-2.0"
COPY --from=build /image /
ENV PATH=/usr/local/bin HOME=/var/lib/roost SSL_CERT_FILE=/etc/ssl/certs/ca-certificates.crt
USER 65532:65532
WORKDIR /var/lib/roost
# IRC over TLS, HTTPS, HTTP, metrics.
EXPOSE 6697 8443 8080 9090
ENTRYPOINT ["/usr/local/bin/roost"]
