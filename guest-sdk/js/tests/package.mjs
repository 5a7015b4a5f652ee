// The package's modules, bundled for Node, with a host that a test makes up.

import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const source = join(dirname(fileURLToPath(import.meta.url)), "..", "src");
const tools = process.env.PROCTOR_TOOLS;
if (tools === undefined) throw new Error("PROCTOR_TOOLS has to name the directory in which the toolchain is installed");
const esbuild = createRequire(join(tools, "package.json"))("esbuild");

/** Where the host's functions are found by the bundle. */
let bundles = 0;

/**
 * Bundles modules of the package and imports them, as one.
 *
 * @param {string[]} names the modules, without their suffix
 * @param {Record<string, object>} host functions by interfaces' names, for example `{ polling: { Condition } }`
 */
export async function load(names, host = {}) {
  bundles += 1;
  const key = `proctorHost${bundles}`;
  globalThis[key] = host;
  const result = await esbuild.build({
    stdin: { contents: names.map((name) => `export * from "./${name}";`).join("\n"), resolveDir: source },
    bundle: true,
    write: false,
    format: "esm",
    target: "node20",
    logLevel: "error",
    plugins: [{ name: "host", setup: (build) => madeUp(build, key) }],
  });
  return import(`data:text/javascript,${encodeURIComponent(result.outputFiles[0].text)}`);
}

function madeUp(build, key) {
  build.onResolve({ filter: /^(proctor|wasi):/ }, ({ path }) => ({ path, namespace: "host" }));
  build.onLoad({ filter: /.*/, namespace: "host" }, ({ path }) => {
    const [, name] = /\/([\w-]+)@/.exec(path);
    return { contents: `module.exports = globalThis.${key}[${JSON.stringify(name)}] ?? {};`, loader: "js" };
  });
}

/** An error as the engine throws the host's. */
export function hostError(cause, machine = "server", action = 'succeed("x")', elapsed = 1500) {
  return Object.assign(new Error("[object Object]"), { payload: { machine, action, elapsed, cause } });
}
