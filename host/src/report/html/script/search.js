// Search: words, machine:, level: and time: together. What does not match is out of sight, what leads to a match is not.

const LEVELS = ["debug", "info", "warning", "error"];
const query = find("#query");
const found = find("#found");
let texts = null;
let foldedBefore = null;
let hits = [];

function parse(text) {
    const wanted = { words: [], machines: [], level: -1, from: -Infinity, to: Infinity };
    for (const [, key, quoted, plain] of text.matchAll(/(?:(machine|level|time):)?(?:"([^"]*)"?|(\S+))/gi)) {
        const value = (quoted ?? plain).toLowerCase();
        if (key === undefined) {
            wanted.words.push(value);
        } else if (key.toLowerCase() === "machine") {
            wanted.machines.push(value);
        } else if (key.toLowerCase() === "level") {
            wanted.level = Math.max(wanted.level, LEVELS.findIndex((name) => name.startsWith(value)));
        } else {
            const [from, to] = value.split("..");
            wanted.from = from ? Number(from) || 0 : -Infinity;
            wanted.to = to ? Number(to) || 0 : Infinity;
        }
    }
    wanted.words = wanted.words.filter((word) => word !== "");
    return wanted;
}

/** What a step itself says, without what stands in it. */
function ownText(row) {
    if (row.tagName !== "DETAILS") {
        return row.textContent.toLowerCase();
    }
    const own = findAll(":scope > .body > :not(.row)", row).map((part) => part.textContent);
    return [find("summary", row).textContent, ...own].join("\n").toLowerCase();
}

function search() {
    const wanted = parse(query.value);
    const ranged = wanted.from > -Infinity || wanted.to < Infinity;
    const active = wanted.words.length > 0 || wanted.machines.length > 0 || wanted.level >= 0 || ranged;
    showRange(ranged ? wanted : null);
    if (active) {
        filter(wanted);
    } else {
        endSearch();
    }
    let lines = 0;
    for (const tab of tabs) {
        const view = consoleOf(tab.panel);
        const asked = view && (wanted.machines.length === 0 || wanted.machines.includes(view.name.toLowerCase()));
        const limits = wanted.words.length > 0 || ranged;
        const count = view ? view.search(asked && limits ? wanted.words : [], asked && limits ? wanted.from : -Infinity, asked && limits ? wanted.to : Infinity) : 0;
        tab.badge.textContent = asked && limits ? String(count) : "";
        lines += count;
    }
    const machine = consoles.find((view) => wanted.machines.includes(view.name.toLowerCase()));
    if (machine) {
        showPanel(machine.panel);
    }
    const steps = `${hits.length} ${hits.length === 1 ? "step" : "steps"}`;
    found.textContent = active ? `${steps}, ${lines} ${lines === 1 ? "line" : "lines"}` : "";
}

function filter(wanted) {
    texts ??= new Map(rows.map((row) => [row, ownText(row)]));
    foldedBefore ??= new Map(rows.filter((row) => row.tagName === "DETAILS").map((row) => [row, row.open]));
    hits = [];
    const kept = new Set();
    const toOpen = new Set();
    // The words that stand in a step or around it.
    const around = new Map();
    for (const row of rows) {
        const above = row.parentElement.closest(".row");
        const text = texts.get(row);
        const inherited = around.get(above) ?? [];
        const here = wanted.words.filter((word) => inherited.includes(word) || text.includes(word));
        around.set(row, here);
        const machine = wanted.machines.length === 0 || wanted.machines.includes((row.dataset.m ?? "").toLowerCase());
        const level = Number(row.dataset.l) >= wanted.level;
        const time = startOf(row) <= wanted.to && endOf(row) >= wanted.from;
        if (machine && level && time && here.length === wanted.words.length) {
            hits.push(row);
            kept.add(row);
            const own = wanted.words.some((word) => !inherited.includes(word)) || wanted.words.length === 0;
            for (let up = above; up; up = up.parentElement.closest(".row")) {
                kept.add(up);
                if (own) {
                    toOpen.add(up);
                }
            }
        }
    }
    for (const row of rows) {
        row.classList.toggle("out", !kept.has(row));
        if (row.tagName === "DETAILS") {
            row.open = toOpen.has(row) || foldedBefore.get(row);
        }
    }
    if (!chosen || chosen.classList.contains("out")) {
        find("#log").scrollTop = 0;
    }
}

function endSearch() {
    if (foldedBefore !== null) {
        for (const row of rows) {
            row.classList.remove("out");
        }
        foldedBefore.forEach((open, row) => { row.open = open; });
        foldedBefore = null;
        if (chosen) {
            unfoldTo(chosen);
            bringIntoView(lineOf(chosen), true);
        }
    }
    hits = [];
}

/** A link leads to a step that a search has put out of sight: the search ends. */
function showHidden(row) {
    if (row.closest(".out")) {
        setQuery("");
    }
}

function setQuery(text) {
    query.value = text;
    search();
}

/** The same search, of another range. */
function setRange(from, to) {
    const others = query.value.replace(/(^|\s)time:\S*/gi, " ").trim();
    const range = from === null ? "" : `time:${from.toFixed(2)}..${to.toFixed(2)}`;
    setQuery([others, range].filter((part) => part !== "").join(" "));
}

/** Goes to the next match, or the previous one. */
function stepHit(direction) {
    if (hits.length > 0) {
        const place = hits.indexOf(chosen);
        const next = place < 0 && direction < 0 ? hits.length - 1 : (place + direction + hits.length) % hits.length;
        choose(hits[next], { scroll: true });
    }
}

let typing = 0;
query.addEventListener("input", () => {
    clearTimeout(typing);
    typing = setTimeout(search, 120);
});
find("#search").addEventListener("submit", (event) => event.preventDefault());
query.addEventListener("keydown", (event) => {
    if (event.key === "Enter") {
        event.preventDefault();
        clearTimeout(typing);
        typing = 0;
        if (found.textContent === "") {
            search();
        }
        stepHit(event.shiftKey ? -1 : 1);
    } else if (event.key === "Escape") {
        setQuery("");
        query.blur();
        event.stopPropagation();
    }
});
