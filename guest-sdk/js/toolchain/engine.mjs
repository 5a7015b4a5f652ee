// Lets JavaScript drop what the host gave it, and sleep.
//
// componentize-qjs keeps the handles of imported resources until the component ends: it has no function that drops one.
// But the end of a span of the log is that its handle is dropped. So the world of tests in JavaScript imports the
// interface `proctor:javascript/engine`, and this puts in the place of its functions what the component has anyway for
// its engine: the component model's own `resource.drop`, and the clock. Nothing of the interface is imported in the
// end.

import { Reader, Section, list, name, number, readSections, writeSections } from "./component.mjs";

const INTERFACE = "proctor:javascript/engine@0.1.0";

/**
 * The core functions that stand for those of the interface: with the same core types, and without any use of memory.
 */
const FUNCTIONS = new Map([
  ["drop-machine", "[resource-drop]machine"],
  ["drop-vlan", "[resource-drop]vlan"],
  ["drop-span", "[resource-drop]span"],
  ["drop-condition", "[resource-drop]condition"],
  ["begin-timer", "subscribe-duration"],
  ["wait-for-timer", "[method]pollable.block"],
  ["drop-timer", "[resource-drop]pollable"],
]);

/** A function of the host that stands in for those that are gone, in places where nobody calls it. */
const PLACEHOLDER = { interface: "proctor:driver/log@0.1.0", function: "show-serial" };

const FUNCTION_SORT = 0x00;
const EXTERNAL_INSTANCE = 0x05;
const INSTANCE_OF_EXPORTS = 0x01;
const ALIAS_OF_FUNCTION = 0x01;
const ALIAS_OF_EXPORT = 0x00;
const ALIAS_OF_CORE_EXPORT = 0x01;
const ALIAS_OF_OUTER = 0x02;

/**
 * Puts what the engine has in the place of the functions of `proctor:javascript/engine`.
 *
 * @param {Buffer} component as componentize-qjs made it: the engine in a component of its own, and one around it
 * @returns {Buffer} a component that imports no such interface
 */
export function linkEngineFunctions(component) {
  let linked = 0;
  const sections = readSections(component).flatMap((section) => {
    if (section.id === Section.import) return withoutImport(section);
    if (section.id !== Section.component || !importedInstances(readSections(section.content)).includes(INTERFACE)) {
      return section;
    }
    linked += 1;
    return { id: section.id, content: linkEngine(section.content) };
  });
  if (linked !== 1) throw new Error(`${linked} components import ${INTERFACE}`);
  return writeSections(component, sections);
}

/** The same for the component of the engine. */
function linkEngine(component) {
  const sections = readSections(component);
  const instances = importedInstances(sections);
  const gone = instances.indexOf(INTERFACE);
  const placeholder = instances.indexOf(PLACEHOLDER.interface);
  if (placeholder < 0) throw new Error(`the component does not import ${PLACEHOLDER.interface}`);
  const found = coreFunctions(sections);
  const changed = sections.flatMap((section) => {
    switch (section.id) {
      case Section.import:
        return withoutImport(section);
      case Section.alias:
        return { id: section.id, content: retargeted(section.content, gone, placeholder) };
      case Section.coreInstance:
        return { id: section.id, content: relinked(section.content, found) };
      default:
        return section;
    }
  });
  return writeSections(component, changed);
}

/** The entries of an import section, and the names of those that are instances. */
function readImports(content) {
  const reader = new Reader(content);
  return Array.from({ length: reader.number() }, () => {
    const start = reader.position;
    reader.byte();
    const imported = reader.text();
    const kind = reader.byte();
    if (kind !== EXTERNAL_INSTANCE) throw new Error(`the import ${imported} is not an interface`);
    reader.number();
    return { name: imported, bytes: content.subarray(start, reader.position) };
  });
}

/** The names of imported instances, by their indices: all imports come before other instances. */
function importedInstances(sections) {
  const names = [];
  for (const { id, content } of sections) {
    if (id === Section.import) names.push(...readImports(content).map((entry) => entry.name));
    if (id === Section.instance) break;
  }
  return names;
}

/** The section without the import, in whose place stands an instance without exports: indices stay as they are. */
function withoutImport(section) {
  const entries = readImports(section.content);
  const index = entries.findIndex((entry) => entry.name === INTERFACE);
  if (index < 0) return section;
  const part = (some) => ({ id: Section.import, content: list(some.map((entry) => entry.bytes)) });
  const empty = { id: Section.instance, content: list([Buffer.from([INSTANCE_OF_EXPORTS, 0])]) };
  return [part(entries.slice(0, index)), empty, part(entries.slice(index + 1))];
}

/** The section with the aliases of the instance that is gone led to the placeholder. */
function retargeted(content, gone, placeholder) {
  const reader = new Reader(content);
  const entries = Array.from({ length: reader.number() }, () => {
    const start = reader.position;
    const sort = reader.byte();
    if (sort === FUNCTION_SORT) reader.byte();
    const kind = reader.byte();
    if (kind === ALIAS_OF_OUTER) {
      reader.number();
      reader.number();
    } else if (kind === ALIAS_OF_EXPORT || kind === ALIAS_OF_CORE_EXPORT) {
      const instance = reader.number();
      reader.text();
      if (kind === ALIAS_OF_EXPORT && sort === ALIAS_OF_FUNCTION && instance === gone) {
        return Buffer.concat([Buffer.from([sort, kind]), number(placeholder), name(PLACEHOLDER.function)]);
      }
    } else {
      throw new Error(`there is an alias of an unknown kind, ${kind}`);
    }
    return content.subarray(start, reader.position);
  });
  return list(entries);
}

/** The entries of a core instance section: the bytes of an instantiation, or the exports of an instance of exports. */
function readCoreInstances(content) {
  const reader = new Reader(content);
  return Array.from({ length: reader.number() }, () => {
    const start = reader.position;
    const exported = [];
    if (reader.byte() === INSTANCE_OF_EXPORTS) {
      for (let left = reader.number(); left > 0; left -= 1) {
        exported.push({ name: reader.text(), sort: reader.byte(), index: reader.number() });
      }
      return { exported };
    }
    reader.number();
    for (let left = reader.number(); left > 0; left -= 1) {
      reader.text();
      reader.byte();
      reader.number();
    }
    return { bytes: content.subarray(start, reader.position) };
  });
}

/** The core functions that are wanted, by their names. Of several the first, for it has to stand before its use. */
function coreFunctions(sections) {
  const wanted = new Set(FUNCTIONS.values());
  const found = new Map();
  for (const { id, content } of sections) {
    if (id !== Section.coreInstance) continue;
    for (const { exported = [] } of readCoreInstances(content)) {
      for (const entry of exported) {
        if (wanted.has(entry.name) && !found.has(entry.name)) found.set(entry.name, entry.index);
      }
    }
  }
  return found;
}

/** The section with the interface's functions being those that stand for them. */
function relinked(content, found) {
  const entries = readCoreInstances(content).map(({ bytes, exported }) => {
    if (bytes !== undefined) return bytes;
    const items = exported.map((entry) => {
      const wanted = FUNCTIONS.get(entry.name);
      const index = wanted === undefined ? entry.index : found.get(wanted);
      if (index === undefined) throw new Error(`the component has no function ${wanted}`);
      return Buffer.concat([name(entry.name), Buffer.from([entry.sort]), number(index)]);
    });
    return Buffer.concat([Buffer.from([INSTANCE_OF_EXPORTS]), list(items)]);
  });
  return list(entries);
}
