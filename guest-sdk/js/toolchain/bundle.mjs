// One module of all test files and what they import.

import { builtinModules } from "node:module";
import { join, relative, resolve, sep } from "node:path";

import { simplified } from "./source-map.mjs";

/** What is wrong with the project, for people. */
export class BuildFailure extends Error {}

/** Interfaces of the host, which the engine offers as modules. */
const INTERFACES = ["proctor:driver/*", "proctor:javascript/*", "wasi:*"];
/** What a name of these stands for is a text. */
const TEXT_FILES = [".txt", ".sh", ".html", ".conf"];
/** What the bundle begins with. */
const ENTRY = "proctor:entry";
/** What comes before each test file, and remembers its name for errors to which the engine gives no place. */
const BEGINNING = "proctor-begin:";

/**
 * Bundles.
 *
 * @param {{ esbuild: object, root: string, files: string[], sdk: string }} options the bundler, the project's
 * directory, its test files relative to that, and this package's directory
 * @returns {Promise<{ code: string, inputs: string[] }>} the module, and the files that it is made of
 */
export async function bundle({ esbuild, root, files, sdk }) {
  const source = (name) => join(sdk, "src", name);
  const entry = [
    `import ${JSON.stringify(source("globals.ts"))};`,
    ...files.flatMap((file) => [`${BEGINNING}${file}`, `./${file}`]).map((name) => `import ${JSON.stringify(name)};`),
    `export { tests } from ${JSON.stringify(source("registry.ts"))};`,
  ].join("\n");
  const asserts = ["assert", "node:assert", "assert/strict", "node:assert/strict"];
  const result = await esbuild
    .build({
      stdin: { contents: entry, resolveDir: root, sourcefile: ENTRY, loader: "js" },
      absWorkingDir: root,
      outfile: join(root, "bundle.js"),
      write: false,
      bundle: true,
      format: "esm",
      platform: "neutral",
      mainFields: ["module", "main"],
      conditions: ["module", "import"],
      target: "es2023",
      // See `promise.ts`.
      supported: { "async-await": false, "async-generator": false, "for-await": false, "top-level-await": false },
      external: INTERFACES,
      // What libraries ask of the computer around them.
      // The bundler's `void 0` has no place for the engine, a variable has.
      define: {
        "process.env.NODE_ENV": '"production"',
        global: "globalThis",
        undefined: "__proctorUndefined",
      },
      alias: {
        proctor: source("index.ts"),
        ...Object.fromEntries(asserts.map((name) => [name, source("node-assert.ts")])),
      },
      loader: Object.fromEntries(TEXT_FILES.map((suffix) => [suffix, "text"])),
      plugins: [beginFiles, explainBuiltins],
      metafile: true,
      sourcemap: "external",
      sourcesContent: false,
      charset: "utf8",
      logLevel: "silent",
    })
    .catch((failure) => {
      throw failure.errors === undefined
        ? failure
        : new BuildFailure(messages(esbuild, failure.errors.map(advised), "error"));
    });
  if (result.warnings.length > 0) console.error(messages(esbuild, result.warnings, "warning"));
  const [map, code] = ["bundle.js.map", "bundle.js"].map(
    (name) => result.outputFiles.find(({ path }) => path.endsWith(name)).text,
  );
  const places = simplified(JSON.parse(map), (path) => shownPath(path, root, sdk), code);
  // The places stand in a line of their own above all else, so that errors of the bundle's evaluation have places, too.
  return {
    code: `var __proctorUndefined; globalThis.__proctorSourceMap = ${JSON.stringify(JSON.stringify(places))};\n${code}\n__proctorEnd();\n`,
    inputs: Object.keys(result.metafile.inputs)
      .filter((path) => path !== ENTRY && !path.startsWith(BEGINNING))
      .map((path) => resolve(root, path)),
  };
}

/**
 * A file's path as authors know it, relative to the project; none for files of this package and for what the bundler
 * adds.
 */
function shownPath(path, root, sdk) {
  if (path === ENTRY || path.startsWith(BEGINNING)) return undefined;
  const absolute = resolve(root, path);
  const isInPackage = !relative(join(sdk, "src"), absolute).startsWith("..");
  return isInPackage ? undefined : relative(root, absolute).split(sep).join("/");
}

/** The error with advice that fits tests. */
function advised(error) {
  const [, name] = /^Could not resolve "([^"]*)"/.exec(error.text) ?? [];
  if (name === undefined) return error;
  const isFile = name.startsWith(".") || name.startsWith("/");
  return {
    ...error,
    notes: isFile ? [] : [{ text: `Packages have to be installed in the project: npm install ${name}` }],
  };
}

function messages(esbuild, list, kind) {
  return esbuild
    .formatMessagesSync(list, { kind, color: Boolean(process.stderr.isTTY), terminalWidth: 100 })
    .join("")
    .trimEnd();
}

const beginFiles = {
  name: "begin-files",
  setup(build) {
    const [prefix, namespace] = [new RegExp(`^${BEGINNING}`), BEGINNING.slice(0, -1)];
    build.onResolve({ filter: prefix }, ({ path }) => ({ path: path.replace(prefix, ""), namespace }));
    build.onLoad({ filter: /.*/, namespace }, ({ path }) => ({
      contents: `globalThis.__proctorFile = ${JSON.stringify(path)};`,
    }));
  },
};

/** Says of Node's own modules that there are none, rather than that they were not found. */
const explainBuiltins = {
  name: "explain-builtins",
  setup(build) {
    build.onResolve({ filter: /^[\w:./-]+$/ }, async ({ path, ...options }) => {
      const name = path.replace(/^node:/, "");
      if (options.pluginData?.explained || !builtinModules.includes(name) || name.startsWith("assert"))
        return undefined;
      const { importer, kind, resolveDir } = options;
      const found = await build.resolve(path, { importer, kind, resolveDir, pluginData: { explained: true } });
      if (found.errors.length === 0) return found;
      return {
        errors: [
          { text: `there is no module ${JSON.stringify(path)} in a test: there is no computer around it, and no Node` },
        ],
      };
    });
  },
};
