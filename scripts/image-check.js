// Checks the container image on a machine that has no container engine.
//
// The Dockerfile is linted and compared with what it must agree with, compose.yaml
// is read for what it must say (compose-check.js), then the Dockerfile's
// steps are replayed on a fresh clone of HEAD: each RUN is run, each COPY copied,
// and the result is started the way the image would be. Root runs it as the
// image's user with the last stage as its whole file system; other users, who
// may not do that, run it as themselves and are told so.
//
// Two rules of our Dockerfile make this possible: the build stage writes only to
// /src and /out, and the last stage is `scratch`, filled by COPY alone. An
// instruction that the replay does not know is a failure, not a gap.
"use strict";

const assert = require("node:assert/strict");
const { execFileSync, spawn, spawnSync } = require("node:child_process");
const fs = require("node:fs");
const net = require("node:net");
const os = require("node:os");
const path = require("node:path");
const { setTimeout: after } = require("node:timers/promises");
const { checkCompose } = require("./compose-check.js");
const { DockerfileParser } = require("dockerfile-ast");
const { validate } = require("dockerfile-utils");
const YAML = require("yaml");

const READY_LIMIT = 30_000; // ms until /healthz must answer
const STOP_LIMIT = 10_000; // ms between SIGTERM and the end; an engine kills after 10 s
// The search path an engine gives to an image that sets none.
const ENGINE_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

const repository = path.dirname(__dirname);
const isRoot = process.getuid() === 0;

// stages returns the instructions of each stage under its name; the last stage
// is also under "last".
function stages(text) {
  const found = {};
  for (const instruction of DockerfileParser.parse(text).getInstructions()) {
    if (instruction.getKeyword() === "FROM") {
      found.last = [];
      found[instruction.getBuildStage() ?? "last"] = found.last;
    }
    found.last.push(instruction);
  }
  return found;
}

// only returns the single instruction of a kind in a stage.
function only(stage, keyword) {
  const found = stage.filter((instruction) => instruction.getKeyword() === keyword);
  assert.equal(found.length, 1, `the stage must have one ${keyword}`);
  return found[0];
}

const words = (instruction) => instruction.getArguments().map((word) => word.getValue());

const flag = (instruction, name) =>
  instruction.getFlags().find((one) => one.getName() === name)?.getValue();

// lint checks the files against the linter and against each other.
function lint(text, { build, last }) {
  const complaints = validate(text).map((c) => `Dockerfile:${c.range.start.line + 1}: ${c.message}`);
  assert.deepEqual(complaints, [], "the linter must have no complaint");

  const wanted = /^go (\d+\.\d+)/m.exec(fs.readFileSync(path.join(repository, "go.mod"), "utf8"))[1];
  const image = only(build, "FROM");
  assert.equal(image.getImageName(), "golang");
  assert.match(image.getImageTag(), new RegExp(`^${wanted}[.-]`), `go.mod wants Go ${wanted}`);
  assert.equal(only(last, "FROM").getImage(), "scratch");

  const hidden = execFileSync("git", ["ls-files", "--cached", "--ignored", "--exclude-from=.dockerignore"], {
    cwd: repository,
    encoding: "utf8",
  });
  assert.equal(hidden, "", ".dockerignore must leave out no tracked file");

  const compose = YAML.parse(fs.readFileSync(path.join(repository, "compose.yaml"), "utf8"), { strict: true, merge: true });
  checkCompose(compose, { port: words(only(last, "EXPOSE"))[0], volume: strings(only(last, "VOLUME"))[0] });
}

const strings = (instruction) => instruction.getJSONStrings().map((one) => one.getJSONValue());

// settings returns what the last stage tells an engine about running the image.
function settings(last) {
  const health = only(last, "HEALTHCHECK").getArgumentsContent();
  return {
    user: words(only(last, "USER"))[0],
    environment: Object.fromEntries(
      only(last, "ENV").getProperties().map((property) => [property.getName(), property.getValue()]),
    ),
    volumes: strings(only(last, "VOLUME")),
    command: strings(only(last, "ENTRYPOINT")),
    health: JSON.parse(health.slice(health.indexOf("["))),
  };
}

// replayBuild runs the build stage on the sources in context. Its /src and /out
// are made below `directory`.
function replayBuild(build, context, directory) {
  const inside = (name) => name.replace(/(?<![\w./-])\/(src|out)(?![\w.-])/g, `${directory}/$1`);
  // Of this machine only what Go needs to fetch modules. GOFLAGS is given because
  // Go's own settings file may switch off the commit stamp, which the image has.
  const environment = Object.fromEntries(
    Object.entries(process.env).filter(([name]) => /^(PATH|HOME|TMPDIR|GO\w+)$/.test(name)),
  );
  environment.GOFLAGS = "-buildvcs=auto";
  let current = directory;
  for (const instruction of build) {
    const keyword = instruction.getKeyword();
    console.log(`  ${keyword} ${instruction.getArgumentsContent()}`);
    switch (keyword) {
      case "FROM":
        break;
      case "WORKDIR":
        current = inside(words(instruction)[0]);
        fs.mkdirSync(current, { recursive: true });
        break;
      case "COPY": {
        const names = words(instruction);
        const target = inside(names.pop());
        const slash = target.endsWith("/") ? "/" : "";
        for (const name of names) {
          copy(path.join(context, name), path.resolve(current, target) + slash);
        }
        break;
      }
      case "RUN":
        execFileSync("sh", ["-c", inside(instruction.getArgumentsContent())], {
          cwd: current,
          env: environment,
          stdio: "inherit",
        });
        break;
      default:
        assert.fail(`the replay does not know ${keyword} in the build stage`);
    }
  }
  return inside;
}

// replayLast fills `root` as the last stage does.
function replayLast(last, inside, root) {
  fs.mkdirSync(root);
  for (const instruction of last) {
    const keyword = instruction.getKeyword();
    if (keyword === "COPY") {
      console.log(`  ${keyword} ${instruction.getArgumentsContent()}`);
      assert.equal(flag(instruction, "from"), "build");
      const [source, target] = words(instruction);
      copy(inside(source), path.join(root, target), flag(instruction, "chown") ?? "0:0");
      continue;
    }
    const known = ["FROM", "LABEL", "USER", "ENV", "VOLUME", "EXPOSE", "HEALTHCHECK", "ENTRYPOINT"];
    assert.ok(known.includes(keyword), `the replay does not know ${keyword} in the last stage`);
  }
}

// copy copies as COPY does: a directory's content into the target, a file to the
// target, or into it if that ends with a slash. Modes are kept.
function copy(source, target, owner) {
  let pairs = [[source, target]];
  if (fs.statSync(source).isDirectory()) {
    pairs = fs.readdirSync(source).map((name) => [path.join(source, name), path.join(target, name)]);
  } else if (target.endsWith("/")) {
    pairs = [[source, path.join(target, path.basename(source))]];
  }
  for (const [from, to] of pairs) {
    fs.mkdirSync(path.dirname(to), { recursive: true });
    execFileSync("cp", ["--recursive", "--preserve=mode,links", from, to]);
    if (owner !== undefined && isRoot) {
      execFileSync("chown", ["--recursive", owner, to]);
    }
  }
}

// checkBinary makes sure that the binary needs no library and carries HEAD's name.
function checkBinary(binary, context) {
  // ldd fails on a file that is not dynamically linked.
  assert.notEqual(spawnSync("ldd", [binary]).status, 0, "the binary must be static");
  const facts = execFileSync("go", ["version", "-m", binary], { encoding: "utf8" });
  const head = execFileSync("git", ["rev-parse", "HEAD"], { cwd: context, encoding: "utf8" }).trim();
  assert.ok(facts.includes(`vcs.revision=${head}`), "the binary must carry the commit");
  assert.ok(facts.includes("vcs.modified=false"), "the build must leave the checkout unchanged");
}

// checkRun starts the image's command, asks for its health, and stops it.
async function checkRun(root, { user, environment, volumes, command, health }) {
  const port = await freePort();
  const env = { PATH: ENGINE_PATH, ...environment, LIAISON_ADDR: `127.0.0.1:${port}` };
  if (!isRoot) {
    env.LIAISON_DATA = path.join(root, env.LIAISON_DATA);
  }
  // inImage returns the program and arguments that run a command of the image.
  const inImage = ([program, ...rest]) =>
    isRoot ? ["chroot", [`--userspec=${user}`, root, program, ...rest]] : [path.join(root, program), rest];
  const healthStatus = () => spawnSync(...inImage(health), { env, stdio: "inherit", timeout: 10_000 }).status;

  const server = spawn(...inImage(command), { env, stdio: "inherit" });
  const ended = new Promise((resolve) => {
    server.on("exit", (code, signal) => resolve(code ?? signal));
    server.on("error", (error) => resolve(error.message));
  });
  try {
    await answering(`http://127.0.0.1:${port}/healthz`, ended);
    console.log("  /healthz answers 200");
    assert.equal(healthStatus(), 0, "HEALTHCHECK must succeed while the server runs");
    const [volume] = volumes;
    assert.notDeepEqual(fs.readdirSync(path.join(root, volume)), [], "the server must keep its data in the volume");

    const started = Date.now();
    server.kill("SIGTERM");
    const status = await Promise.race([ended, after(STOP_LIMIT, "still running", { ref: false })]);
    assert.equal(status, 0, `after SIGTERM the server must end with 0 within ${STOP_LIMIT} ms`);
    console.log(`  SIGTERM: ended with 0 after ${Date.now() - started} ms`);
    assert.notEqual(healthStatus(), 0, "HEALTHCHECK must fail when nothing runs");
  } finally {
    server.kill("SIGKILL"); // no effect on one that has ended
    await ended;
  }
}

// answering waits until the address answers 200. It fails when the server ends.
async function answering(address, ended) {
  const deadline = Date.now() + READY_LIMIT;
  let gone;
  ended.then((status) => (gone = status));
  while (Date.now() < deadline) {
    assert.equal(gone, undefined, "the server must not end by itself");
    try {
      if ((await fetch(address, { signal: AbortSignal.timeout(1000) })).status === 200) {
        return;
      }
    } catch {
      // Not listening yet.
    }
    await after(100);
  }
  assert.fail(`${address} must answer 200 within ${READY_LIMIT} ms`);
}

function freePort() {
  return new Promise((resolve, reject) => {
    const probe = net.createServer().on("error", reject);
    probe.listen(0, "127.0.0.1", () => {
      const { port } = probe.address();
      probe.close(() => resolve(port));
    });
  });
}

async function main() {
  const text = fs.readFileSync(path.join(repository, "Dockerfile"), "utf8");
  console.log("lint");
  lint(text, stages(text));

  const work = fs.mkdtempSync(path.join(os.tmpdir(), "liaison-image."));
  fs.chmodSync(work, 0o755); // the image's user passes through it
  try {
    const context = path.join(work, "context");
    execFileSync("git", ["clone", "--quiet", "--depth=1", `file://${repository}`, context], { stdio: "inherit" });
    const { build, last } = stages(fs.readFileSync(path.join(context, "Dockerfile"), "utf8"));

    console.log("replay the build stage on HEAD");
    const inside = replayBuild(build, context, path.join(work, "build"));
    console.log("replay the last stage");
    const root = path.join(work, "root");
    replayLast(last, inside, root);
    const run = settings(last);
    checkBinary(path.join(root, run.command[0]), context);

    console.log(isRoot ? `run as ${run.user} in the image's file system` : "run as this user: only root can change root and user");
    await checkRun(root, run);
  } finally {
    fs.rmSync(work, { recursive: true, force: true });
  }
  console.log("the image is sound");
}

main().catch((error) => {
  console.error(error instanceof assert.AssertionError ? `Error: ${error.message}` : error);
  process.exitCode = 1;
});
