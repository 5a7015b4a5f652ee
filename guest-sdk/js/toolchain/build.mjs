// Makes a component of a project's test files: node build.mjs PROJECT OUTPUT
//
// The environment names what else it needs: PROCTOR_TOOLS the directory in which the packages of `package-lock.json`
// are installed, PROCTOR_WIT the directory of the interface, PROCTOR_INPUTS, if set, a file that is to tell of what the
// component was made. Prints what is wrong to the standard error.

import { cp, mkdir, mkdtemp, readdir, realpath, rename, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join, relative, resolve, sep } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";

import { bundle, BuildFailure } from "./bundle.mjs";
import { linkEngineFunctions } from "./engine.mjs";

const TEST_FILE = /\.test\.(js|mjs|ts|mts)$/;
/** Directories in which nobody writes tests. */
const SKIPPED = new Set(["node_modules", "proctor-output"]);

const here = dirname(fileURLToPath(import.meta.url));

async function main() {
  const [project, output] = process.argv.slice(2);
  const { PROCTOR_TOOLS: tools, PROCTOR_WIT: wit } = process.env;
  if (!project || !output || !tools || !wit) {
    throw new BuildFailure("usage: PROCTOR_TOOLS=DIRECTORY PROCTOR_WIT=DIRECTORY node build.mjs PROJECT OUTPUT");
  }
  const root = await realpath(project);
  const files = await testFiles(root);
  if (files.length === 0) {
    throw new BuildFailure(
      `${project} has no test files: their names end in .test.js, .test.mjs, .test.ts or .test.mts`,
    );
  }
  const require = createRequire(join(resolve(tools), "package.json"));
  const { code, inputs } = await bundle({ esbuild: require("esbuild"), root, files, sdk: resolve(here, "..") });
  const component = await componentize(require("componentize-qjs").componentize, code, resolve(wit));
  // One a line: whoever builds again sees whether they have changed.
  if (process.env.PROCTOR_INPUTS) await writeFile(process.env.PROCTOR_INPUTS, `${inputs.join("\n")}\n`);
  const target = resolve(output);
  await writeFile(`${target}.new`, component);
  await rename(`${target}.new`, target);
}

/** The test files of a project, sorted, relative to it. */
async function testFiles(root) {
  const found = [];
  const pending = [root];
  for (let directory = pending.pop(); directory !== undefined; directory = pending.pop()) {
    for (const entry of await readdir(directory, { withFileTypes: true })) {
      const path = join(directory, entry.name);
      if (entry.isDirectory() && !entry.name.startsWith(".") && !SKIPPED.has(entry.name)) pending.push(path);
      else if (entry.isFile() && TEST_FILE.test(entry.name)) found.push(relative(root, path).split(sep).join("/"));
    }
  }
  return found.sort();
}

async function componentize(componentizeJavaScript, code, wit) {
  const directory = await mkdtemp(join(process.env.TMPDIR ?? "/tmp", "proctor-js-"));
  try {
    await cp(join(here, "wit"), directory, { recursive: true });
    await mkdir(join(directory, "deps"), { recursive: true });
    await cp(wit, join(directory, "deps", "driver"), { recursive: true });
    const options = { witPath: directory, jsSource: code, world: "test", sync: true, optSize: true };
    const { component } = await componentizeJavaScript(options).catch((error) => {
      throw new BuildFailure(explained(String(error?.message ?? error)));
    });
    return linkEngineFunctions(component);
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

/** What the engine says of an error outside of tests, without what the engine says of itself. */
function explained(message) {
  if (message.includes("call stack exhausted")) return "the code outside of tests calls itself without end";
  const text = message
    .replaceAll(/Failed to [\w ]+: /g, "")
    .replace(/^[\s:]+/, "")
    .trimEnd();
  return `the tests cannot be built: the code outside of them, which runs now, failed\n${text}`;
}

try {
  await main();
} catch (error) {
  console.error(error instanceof BuildFailure ? error.message : error);
  process.exitCode = 1;
}
