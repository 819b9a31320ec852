// Runs inside the sandbox, in the base's tree: which of its files are called by those that the command names, and by these in turn.
// Arguments: JSON of the pathspecs that the command names, and of the harness's. Read as text, and nothing of it is run.
import { execFileSync } from "node:child_process";
import { lstatSync, readFileSync, readlinkSync, writeSync } from "node:fs";
import { posix } from "node:path";

const { named, harness } = JSON.parse(process.argv[1]);
const FILE_BYTES = 512 * 1024;
const ALL_BYTES = 32 * 1024 * 1024;
const MOST = {
  called: { depth: 8, files: 200 },
  tested: { depth: 50, files: 5000 },
  absent: 600,
  absentText: 40_000,
  path: 900,
  packages: 200,
};
const MODULE = /\.[cm]?[jt]sx?$/;
const PYTHON = /\.py$/;
/** What runs nothing: settings that list sources would make each of these one that runs tests. */
const SETTINGS = /\.(?:jsonc?|json5|ya?ml|toml|md|txt|lock|xml|ini|cfg|html|css|csv|snap|properties)$/;
const SCRIPT = /(?:\.(?:sh|bash|zsh|mk|py|rb|pl|php|lua|jar|[cm]?[jt]sx?)|(?:^|\/)[^./]+)$/;
const STARTS_PROGRAMS = /child_process|worker_threads|subprocess|os\.system|\b(?:spawn|exec|fork|execa|zx)\b/;
const MODULE_ENDINGS = ["", ".js", ".mjs", ".cjs", ".ts", ".mts", ".cts", ".jsx", ".tsx"];
const BETWEEN_WORDS = /[\s;&|()<>"'`={},[\]@]+/;

const list = (specs) =>
  specs.length === 0
    ? []
    : execFileSync("git", ["-c", "core.fsmonitor=false", "ls-files", "-z", "--", ...specs], {
        env: {
          ...process.env,
          GIT_CONFIG_NOSYSTEM: "1",
          GIT_CONFIG_GLOBAL: "/dev/null",
          GIT_GLOB_PATHSPECS: "1",
        },
        maxBuffer: 256 * 1024 * 1024,
        encoding: "utf8",
      })
        .split("\0")
        .filter((path) => path !== "" && !path.includes("\n"));

const tree = new Set(list(["."]));
const tests = new Set(list(harness));
let isCut = false;
let left = ALL_BYTES;
function read(path) {
  const stat = lstatSync(path, { throwIfNoEntry: false });
  if (!stat?.isFile()) return "";
  if (stat.size > FILE_BYTES || stat.size > left) {
    isCut = true;
    return "";
  }
  left -= stat.size;
  const text = readFileSync(path, "utf8");
  return text.includes("\0") ? "" : text;
}

const inTree = (path) => {
  const own = posix.normalize(path).replace(/\/+$/, "");
  if (own.length > MOST.path) {
    isCut = true;
    return [];
  }
  return own === "." || own === "" || /^(?:\/|\.\.(?:\/|$))/.test(own) ? [] : [own];
};
/** The folder and those around it, and `src` of each: where names that are not relative are looked for, if they are there. */
function rootsAround(folder) {
  const around = ["."];
  for (let at = folder; at !== "." && at !== "/"; at = posix.dirname(at)) around.push(at);
  return around.flatMap((at) => [at, posix.join(at, "src")]);
}
const moduleAt = (path) => {
  const stem = path.replace(MODULE, "");
  const stems = MODULE.test(path) ? [path, ...MODULE_ENDINGS.slice(1).map((end) => stem + end)] : [];
  const ends = (at) => MODULE_ENDINGS.map((end) => at + end);
  return [...stems, ...ends(path), ...ends(`${path}/index`).slice(1)];
};

function ofPython(text, folder) {
  return [
    ...text.matchAll(/^[ \t]*(?:from|import)[ \t]+(\.*)([\w.]*)(?:[ \t]+import[ \t]+(\w+))?/gm),
  ].flatMap(([, dots, name, member]) => {
    const up = dots === "" ? [folder, "."] : [posix.join(folder, "../".repeat(dots.length - 1))];
    const around = dots === "" ? rootsAround(folder) : [];
    const parts = [
      name.replaceAll(".", "/"),
      ...(member ? [posix.join(name.replaceAll(".", "/"), member)] : []),
    ];
    const under = (at) =>
      parts.flatMap((part) => [posix.join(at, `${part}.py`), posix.join(at, part, "__init__.py")]);
    return [...up.flatMap(under), ...around.flatMap(under).filter((path) => tree.has(path))];
  });
}

/** What packages of this tree are called, and where they begin. */
const packages = [...tree]
  .filter((path) => /(?:^|\/)package\.json$/.test(path) && !path.includes("node_modules/"))
  .slice(0, MOST.packages)
  .flatMap((path) => {
    const { name, ...manifest } = manifestAt(path);
    return typeof name === "string" && name !== "" ? [{ name, manifest, folder: posix.dirname(path) }] : [];
  });

/** Modules by an alias (`#lib/a.ts`, `@/a`, `~/a`) or by the name of a package of this tree; of these what is there. */
function byAlias(text, folder) {
  const aliased = [...text.matchAll(/["'`](?:#\/?|[@~]\/)([^"'`\n]{1,300})["'`]/g)].flatMap(([, to]) =>
    rootsAround(folder).flatMap((at) => moduleAt(posix.join(at, to))),
  );
  const named = packages.flatMap(({ name, manifest, folder: at }) => {
    if (!text.includes(name)) return [];
    const under = [...text.matchAll(/["'`]([^"'`\n]{1,300})["'`]/g)].flatMap(([, to]) =>
      to.startsWith(`${name}/`) ? [to.slice(name.length + 1)] : [],
    );
    return [
      ...strings(entriesOf(manifest)).map((entry) => posix.join(at, entry)),
      ...["index", "src/index", ...under, ...under.map((to) => posix.join("src", to))].flatMap((to) =>
        moduleAt(posix.join(at, to)),
      ),
    ];
  });
  return [...aliased, ...named].map((path) => posix.normalize(path)).filter((path) => tree.has(path));
}

/** Each word that could be a program's file; what a variable holds before a slash is taken for the folder of the file. */
function ofWords(text, folder) {
  const words = text
    .split(BETWEEN_WORDS)
    .filter((word) => word.length < 300) // before it is looked into: a long one takes minutes
    .map((word) => word.replace(/^.*\$[^/]*\//, "").replace(/^\/+/, ""))
    .filter((word) => word !== "");
  const gone = [...text.matchAll(/\bcd\s+["']?([\w./-]+)/g)].map(([, to]) => to);
  const from = [...new Set([".", folder, ...gone, ...gone.map((to) => posix.join(folder, to))])];
  return [...new Set(words)].flatMap((word) => {
    const isName = SCRIPT.test(word) && /[./]/.test(word);
    return from
      .map((at) => posix.join(at, word))
      .filter((path) =>
        tree.has(path) ? isName || SCRIPT.test(path) || isExecutable(path) : isName && couldBeThere(path),
      );
  });
}

const folders = new Set([...tree].map((path) => posix.dirname(path)));
/** A word without an ending (`application/json`) is a name only in a folder that is there. */
const couldBeThere = (path) => /\.[^./]+$/.test(path) || folders.has(posix.dirname(posix.normalize(path)));
const isExecutable = (path) => ((lstatSync(path, { throwIfNoEntry: false })?.mode ?? 0) & 0o100) !== 0;

/** Paths that a file names, whether they are there or not. */
function namesIn(path) {
  if (SETTINGS.test(path)) return [];
  const folder = posix.dirname(path);
  if (lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink())
    return inTree(posix.join(folder, readlinkSync(path)));
  const text = read(path);
  const relative = MODULE.test(path)
    ? [...text.matchAll(/["'`](\.{1,2}\/[^"'`\n]{1,300})["'`]/g)].flatMap(([, to]) =>
        moduleAt(posix.join(folder, to)),
      )
    : [];
  const aliased = MODULE.test(path) ? byAlias(text, folder) : [];
  const imported = PYTHON.test(path) ? ofPython(text, folder) : [];
  const isProgram = !(MODULE.test(path) || PYTHON.test(path)) || STARTS_PROGRAMS.test(text);
  const words = isProgram ? ofWords(text, folder) : [];
  return [...new Set([...relative, ...aliased, ...imported, ...words].flatMap(inTree))];
}

/** What is named from some files on; `border` is not gone past, and what of it was met is told. */
function reach(from, depth, most, border) {
  const [there, absent, met] = [new Set(), new Set(), new Set()];
  let next = from;
  for (let step = 0; next.length > 0; step++) {
    const found = next.flatMap(namesIn);
    next = [];
    for (const path of found) {
      if (!tree.has(path)) absent.add(path);
      else if (border.has(path)) met.add(path);
      else if (!there.has(path)) next.push(path);
      if (tree.has(path) && !border.has(path)) there.add(path);
    }
    if (next.length > 0 && (step === depth || there.size > most)) {
      isCut = true;
      break;
    }
  }
  return { there, absent, met };
}

function strings(value) {
  if (typeof value === "string") return [value];
  return value && typeof value === "object" ? Object.values(value).flatMap(strings) : [];
}
/** What cannot be read names nothing. */
function manifestAt(path) {
  try {
    const manifest = JSON.parse(read(path));
    return manifest && typeof manifest === "object" ? manifest : {};
  } catch {
    return {}; // not JSON
  }
}
function entriesOf({ main, module, bin, exports }) {
  return [main, module, bin, exports];
}
const entryPoints = () =>
  tree.has("package.json")
    ? strings(entriesOf(manifestAt("package.json")))
        .flatMap(inTree)
        .filter((path) => tree.has(path))
    : [];

const roots = new Set(list(named));
const seeds = [...roots].filter((path) => !tests.has(path));
// What tests reach is what they test, and the patch's. What there is no room to read of it is taken for what runs tests.
const entries = entryPoints().filter((path) => !roots.has(path));
const sources =
  seeds.length === 0 ? [] : [...new Set([...tests, ...entries])].filter((path) => !roots.has(path));
const { there } = reach(sources, MOST.tested.depth, MOST.tested.files, roots);
const tested = new Set([...there, ...entries]);
left = ALL_BYTES;
isCut = false;
const called = reach(seeds, MOST.called.depth, MOST.called.files, new Set([...roots, ...tests, ...tested]));
const files = [...called.there].slice(0, MOST.called.files);
/** A module that tests use may be renamed, or become a folder. */
const stemOf = (path) => path.replace(MODULE, "").replace(/\/index$/, "");
const stems = new Set([...tested].filter((path) => MODULE.test(path)).map(stemOf));
const missing = [...called.absent].filter((path) => !(MODULE.test(path) && stems.has(stemOf(path))));
let room = MOST.absentText;
const absent = missing.slice(0, MOST.absent).filter((path) => {
  room -= Buffer.byteLength(path) + 2;
  return room > 0;
});
if (files.length < called.there.size || absent.length < missing.length) isCut = true;
const shared = [...called.met].filter((path) => tested.has(path)).slice(0, MOST.called.files);
const answer = Buffer.from(JSON.stringify({ files, absent, shared, isCut }));
const frame = Buffer.concat([Buffer.from(`called 0 ${answer.length}\n`), answer]);
for (let at = 0; at < frame.length; ) at += writeSync(3, frame, at);
