// Keys, where nothing else wants them.

const help = find("#help");
find("#keys").addEventListener("click", () => help.showModal());

const isSeen = (row) => row.offsetParent !== null;

/** The next step in sight, or the previous one. */
function move(direction) {
    const seen = rows.filter(isSeen);
    const place = seen.indexOf(chosen);
    const next = place < 0 ? seen[0] : seen[place + direction];
    if (next) {
        choose(next, { scroll: true, focus: true });
        keepInAddress(next.id);
    }
}

function nextFailure() {
    const failing = rows.filter((row) => row.classList.contains("failing"));
    const next = failing[(failing.indexOf(chosen) + 1) % failing.length];
    if (next) {
        showHidden(next);
        choose(next, { scroll: "third", focus: true });
        keepInAddress(next.id);
    }
}

function fold() {
    if (chosen?.tagName === "DETAILS" && chosen.open) {
        chosen.open = false;
    } else {
        const above = chosen?.parentElement.closest(".row");
        if (above) {
            choose(above, { scroll: true, focus: true });
        }
    }
}

function unfold() {
    if (chosen?.tagName === "DETAILS") {
        chosen.open = true;
    }
}

const KEYS = {
    "/": () => { query.focus(); query.select(); },
    j: () => move(1),
    k: () => move(-1),
    ArrowLeft: fold,
    ArrowRight: unfold,
    e: () => foldAll(true),
    E: () => foldAll(false),
    f: nextFailure,
    t: toggleTheme,
    "?": () => help.showModal(),
    "[": () => consoleOf(shown)?.step(-1),
    "]": () => consoleOf(shown)?.step(1),
    Escape: () => { setQuery(""); document.body.classList.remove("sheet"); },
};

addEventListener("keydown", (event) => {
    const busy = event.ctrlKey || event.metaKey || event.altKey || find("dialog[open]") !== null;
    if (busy || event.target.closest("input, textarea, select")) {
        return;
    }
    const scrolls = event.target.closest(".view, pre") !== null && event.key.startsWith("Arrow");
    if (/^[1-9]$/.test(event.key)) {
        showPanel(tabs[Number(event.key) - 1]?.panel);
    } else if (Object.hasOwn(KEYS, event.key) && !scrolls) {
        event.preventDefault();
        KEYS[event.key]();
    }
});
