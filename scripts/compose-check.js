// What compose.yaml must say, for image-check.js: there is no engine to try it on.
"use strict";

const assert = require("node:assert/strict");

// started returns the names of the services that the profiles start.
function started(compose, ...profiles) {
  return Object.entries(compose.services)
    .filter(([, service]) => !service.profiles || service.profiles.some((one) => profiles.includes(one)))
    .map(([name]) => name)
    .sort();
}

const forms = {
  one: ["liaison"],
  scale: ["balancer", "postgres", "redis", "replica"],
};
const observers = ["grafana", "prometheus"];

// checkCompose checks the parsed compose.yaml; port and volume are the image's.
function checkCompose(compose, { port, volume }) {
  // Two forms at once would poll with the same token and want the same port.
  assert.deepEqual(started(compose), [], "without a profile nothing may start");
  assert.deepEqual(started(compose, "observe"), observers);
  for (const [form, services] of Object.entries(forms)) {
    assert.deepEqual(started(compose, form), services, `what --profile ${form} starts`);
    const together = started(compose, form, "observe");
    const published = together.flatMap((name) => (compose.services[name].ports ?? []).map((one) => one.split(":").at(-2)));
    assert.equal(new Set(published).size, published.length, `${form}: a port is published twice: ${published}`);
    for (const name of together) {
      checkService(compose, name, together);
    }
  }
  for (const name of ["liaison", "replica"]) {
    const service = compose.services[name];
    assert.equal(service.volumes[0].split(":").at(-1), volume, `${name} must mount the volume`);
    assert.ok(parseInt(service.stop_grace_period, 10) > 10, `${name} must have longer than LIAISON_GRACE to stop`);
  }
  assert.deepEqual(compose.services.liaison.ports, [`127.0.0.1:8080:${port}`], "the lone process must publish the exposed port");

  const { replica, redis, postgres, balancer } = compose.services;
  assert.equal(replica.deploy.replicas, 3);
  assert.equal(replica.ports, undefined, "only the balancer may publish a port");
  assert.match(replica.environment.LIAISON_DATABASE, /^postgres:\/\/liaison:\$\{POSTGRES_PASSWORD:-\}@postgres\/liaison\?/);
  assert.equal(postgres.environment.POSTGRES_USER, "liaison");
  assert.equal(postgres.environment.POSTGRES_PASSWORD, "${POSTGRES_PASSWORD:-}");
  assert.match(replica.environment.REDIS_URL, /^redis:\/\/redis:6379\//);
  assert.equal(replica.environment.LIAISON_TRUST_PROXY, "true", "or all visitors have the balancer's address");
  const missing = Object.keys(compose.services.liaison.environment).filter((name) => !(name in replica.environment));
  assert.deepEqual(missing, [], "replicas must get every setting that the lone process gets");

  const option = (name) => redis.command[redis.command.indexOf(`--${name}`) + 1];
  assert.equal(option("appendonly"), "yes", "what Redis has taken in must be on disk");
  assert.equal(option("appendfsync"), "always", "before it says so");
  assert.equal(option("maxmemory-policy"), "noeviction");
  assert.equal(redis.volumes[0].split(":").at(-1), "/data", "Redis keeps its files in /data");

  checkBalancer(balancer, compose.configs, port);
}

// checkService checks that what a service names is there, in what is started with it.
function checkService(compose, name, together) {
  const service = compose.services[name];
  for (const [other, { condition }] of Object.entries(service.depends_on ?? {})) {
    assert.ok(together.includes(other), `${name} depends on ${other}, which is not started with it`);
    if (condition === "service_healthy" && !compose.services[other].build) { // our image has a check of its own
      assert.ok(compose.services[other].healthcheck, `${name} waits for the health of ${other}, which has no check`);
    }
  }
  for (const one of service.volumes ?? []) {
    const source = one.split(":")[0];
    assert.ok(source.startsWith("./") || source in compose.volumes, `${name} mounts ${source}, which is no volume`);
  }
  for (const { source } of service.configs ?? []) {
    const { content } = compose.configs[source] ?? {};
    assert.ok(content, `${name} has the config ${source}, which is not there`);
    assert.doesNotMatch(content.replaceAll("$$", ""), /\$/, `${source}: Compose would replace what follows a single $`);
  }
}

// checkBalancer checks nginx's configuration.
function checkBalancer(service, configs, port) {
  const [{ source, target }] = service.configs;
  assert.equal(target, "/etc/nginx/nginx.conf");
  const http = block(parseNginx(configs[source].content.replaceAll("$$", "$")), "http");
  const upstream = block(http, "upstream");
  // `resolve` finds replicas that were replaced; it wants a shared zone and Docker's resolver.
  assert.deepEqual(value(upstream, "server"), [`replica:${port}`, "resolve"]);
  assert.equal(value(upstream, "zone").length, 2);
  assert.equal(value(http, "resolver")[0], "127.0.0.11");

  const server = block(http, "server");
  assert.equal(service.ports[0], `127.0.0.1:8080:${value(server, "listen")[0]}`);
  for (const path of ["/metrics", "/healthz", "/readyz"]) {
    assert.deepEqual(value(block(server, "location", "=", path), "return"), ["404"], `${path} stays inside`);
  }
  assert.ok(parseInt(value(server, "client_max_body_size")[0], 10) > 512, "as many megabytes as LIAISON_UPLOAD_MB lets through");
  const all = block(server, "location", "/");
  assert.deepEqual(value(all, "proxy_pass"), ["http://replicas"]);
  assert.deepEqual(value(all, "proxy_buffering"), ["off"], "event streams must not be held back");
  const headers = Object.fromEntries(all.filter(([name]) => name === "proxy_set_header").map(([, header, text]) => [header, text]));
  assert.deepEqual(headers, { Connection: '""', Host: "$http_host", "X-Forwarded-For": "$remote_addr" });
}

// parseNginx returns the directives of nginx's configuration language, each an array
// of its words; of a block the last one is the array of what is in it.
function parseNginx(text) {
  const tokens = text.replace(/#.*/g, "").match(/"[^"]*"|[{};]|[^\s{};"]+/g);
  const read = (inside) => {
    const directives = [];
    let words = [];
    while (tokens.length > 0) {
      const token = tokens.shift();
      if (token === ";" || token === "{") {
        assert.notEqual(words.length, 0, `nginx: nothing before ${token}`);
        directives.push(token === "{" ? [...words, read(true)] : words);
        words = [];
      } else if (token === "}") {
        assert.ok(inside && words.length === 0, `nginx: } after ${words.join(" ")}`);
        return directives;
      } else {
        words.push(token);
      }
    }
    assert.ok(!inside && words.length === 0, "nginx: the configuration ends too early");
    return directives;
  };
  return read(false);
}

// block returns what is in the one block that begins with the words.
function block(directives, ...words) {
  const found = directives.filter((one) => Array.isArray(one.at(-1)) && words.every((word, i) => one[i] === word));
  const exact = found.filter((one) => words[0] !== "location" || one.length === words.length + 1);
  assert.equal(exact.length, 1, `nginx: there must be one ${words.join(" ")}`);
  return exact[0].at(-1);
}

// value returns the words after the name of the one such directive.
function value(directives, name) {
  const found = directives.filter((one) => one[0] === name && !Array.isArray(one.at(-1)));
  assert.equal(found.length, 1, `nginx: there must be one ${name}`);
  return found[0].slice(1);
}

module.exports = { checkCompose };
