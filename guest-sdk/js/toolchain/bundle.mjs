// One module of all test files and what they import.

import { builtinModules, SourceMap } from "node:module";
import { join, relative, resolve, sep } from "node:path";

/** What is wrong with the project, for people. */
export class BuildFailure extends Error {}

/** Interfaces of the host, which the engine offers as modules. */
const INTERFACES = ["proctor:driver/*", "proctor:javascript/*", "wasi:*"];
/** What a name of these stands for is a text. */
const TEXT_FILES = [".txt", ".sh", ".html", ".conf"];
/** How the package's own files are named in stacks. */
const PACKAGE = "proctor:";

/**
 * Bundles.
 *
 * @param {{ esbuild: object, root: string, files: string[], sdk: string }} options the bundler, the project's directory, its
 * test files relative to that, and this package's directory
 * @returns {Promise<{ code: string, place: Function }>} the module, and what tells the place in the author's files of a line
 * and a column of it
 */
export async function bundle({ esbuild, root, files, sdk }) {
  const source = (name) => join(sdk, "src", name);
  const entry = [
    `import ${JSON.stringify(source("globals.ts"))};`,
    ...files.map((file) => `import ${JSON.stringify(`./${file}`)};`),
    `import { duplicateName } from ${JSON.stringify(source("registry.ts"))};`,
    `export { tests } from ${JSON.stringify(source("registry.ts"))};`,
    "export const duplicate = duplicateName;",
  ].join("\n");
  const asserts = ["assert", "node:assert", "assert/strict", "node:assert/strict"];
  const result = await esbuild
    .build({
      stdin: { contents: entry, resolveDir: root, sourcefile: "proctor:entry", loader: "js" },
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
      alias: { proctor: source("index.ts"), ...Object.fromEntries(asserts.map((name) => [name, source("node-assert.ts")])) },
      loader: Object.fromEntries(TEXT_FILES.map((suffix) => [suffix, "text"])),
      plugins: [explainBuiltins],
      sourcemap: "external",
      sourcesContent: false,
      charset: "utf8",
      logLevel: "silent",
    })
    .catch((failure) => {
      throw failure.errors === undefined ? failure : new BuildFailure(messages(esbuild, failure.errors, "error"));
    });
  if (result.warnings.length > 0) console.error(messages(esbuild, result.warnings, "warning"));
  const [map, code] = ["bundle.js.map", "bundle.js"].map((name) => result.outputFiles.find(({ path }) => path.endsWith(name)).text);
  const { mappings, sources } = JSON.parse(map);
  const shown = { mappings, sources: sources.map((path) => shownPath(path, root, sdk)) };
  const entries = new SourceMap({ version: 3, names: [], ...shown });
  return { code: `${code}\n__proctorSourceMap(${JSON.stringify(shown)});\n`, place: (line, column) => find(entries, line, column) };
}

function find(entries, line, column) {
  const { originalSource, originalLine, originalColumn } = entries.findEntry(line - 1, column - 1);
  return originalSource === undefined || originalSource.startsWith(PACKAGE)
    ? undefined
    : { file: originalSource, line: originalLine + 1, column: originalColumn + 1 };
}

/** A file's path as authors know it: relative to the project. */
function shownPath(path, root, sdk) {
  if (path.startsWith(PACKAGE)) return path;
  const absolute = resolve(root, path);
  const inPackage = relative(sdk, absolute);
  if (!inPackage.startsWith("..")) return PACKAGE + inPackage.split(sep).join("/");
  return relative(root, absolute).split(sep).join("/");
}

function messages(esbuild, list, kind) {
  return esbuild.formatMessagesSync(list, { kind, color: Boolean(process.stderr.isTTY), terminalWidth: 100 }).join("").trimEnd();
}

/** Says of Node's own modules that there are none, rather than that they were not found. */
const explainBuiltins = {
  name: "explain-builtins",
  setup(build) {
    build.onResolve({ filter: /^[\w:./-]+$/ }, async ({ path, ...options }) => {
      const name = path.replace(/^node:/, "");
      if (options.pluginData?.explained || !builtinModules.includes(name) || name.startsWith("assert")) return undefined;
      const { importer, kind, resolveDir } = options;
      const found = await build.resolve(path, { importer, kind, resolveDir, pluginData: { explained: true } });
      if (found.errors.length === 0) return found;
      return { errors: [{ text: `there is no module ${JSON.stringify(path)} in a test: there is no computer around it, and no Node` }] };
    });
  },
};
