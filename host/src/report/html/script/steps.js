// The steps of the log: which is chosen, and the way to each.

const rows = findAll("#steps .row");
let chosen = null;

const startOf = (row) => Number(row.dataset.t);
const endOf = (row) => startOf(row) + Number(row.dataset.e ?? 0);
const lineOf = (row) => (row.tagName === "DETAILS" ? find("summary", row) : row);

function unfoldTo(row) {
    for (let above = row.parentElement?.closest("details"); above; above = above.parentElement?.closest("details")) {
        above.open = true;
    }
}

/** Marks a step and brings it into view, when asked: at a third of the height, so that what was before is seen. */
function choose(row, { scroll = false, sync = true, focus = false } = {}) {
    chosen?.classList.remove("chosen");
    chosen = row;
    row.classList.add("chosen");
    unfoldTo(row);
    const line = lineOf(row);
    if (focus) {
        if (line === row) {
            row.tabIndex = -1;
        }
        line.focus({ preventScroll: true });
    }
    if (scroll) {
        bringIntoView(line, scroll === "third");
    }
    // What a step did has been printed when it ends.
    const time = endOf(row);
    if (sync) {
        showConsolesAt(time, row.dataset.m);
    }
    showCursor(startOf(row), time);
}

function bringIntoView(line, third) {
    line.scrollIntoView({ block: third ? "start" : "nearest" });
    if (third) {
        const box = find("#log");
        const scrolled = box.scrollHeight > box.clientHeight + 1 && getComputedStyle(box).overflowY === "auto";
        const height = scrolled ? box.clientHeight : innerHeight;
        (scrolled ? box : window).scrollBy(0, -height / 3);
    }
}

/** The innermost step that was under way at a moment, else the last that had begun; of a machine, if it has one. */
function stepAt(time, machine) {
    let best = null;
    let before = null;
    for (const row of rows) {
        const start = startOf(row);
        if (start > time || row.classList.contains("state")) {
            continue;
        }
        if (before === null || start >= startOf(before)) {
            before = row;
        }
        if (endOf(row) >= time) {
            const own = Number(row.dataset.m === machine);
            const bestOwn = Number(best?.dataset.m === machine);
            if (best === null || own > bestOwn || (own === bestOwn && start >= startOf(best))) {
                best = row;
            }
        }
    }
    return best ?? before;
}

/** A console line was chosen. The other consoles go to the same moment. */
function markStepAt(time, view) {
    const row = stepAt(time, view.name);
    if (row) {
        choose(row, { scroll: true, sync: false });
    }
    for (const other of consoles) {
        if (other !== view) {
            other.showTime(time);
        }
    }
    showCursor(time, time);
}

/** Goes where a fragment leads. Returns whether there is such a place. */
function goTo(fragment) {
    const line = /^#(c\d+)-(\d+)$/.exec(fragment);
    if (line) {
        const view = consoles.find((view) => view.id === line[1]);
        const index = Number(line[2]) - (view?.first ?? 0);
        if (!view || index < 0 || index >= view.lines.length) {
            return false;
        }
        document.body.classList.add("sheet");
        showPanel(view.panel);
        view.show(index);
        markStepAt(view.times[index], view);
        return true;
    }
    const element = /^#[a-z]+\d*$/.test(fragment) ? find(fragment) : null;
    if (element?.classList.contains("row")) {
        showHidden(element);
        choose(element, { scroll: "third", focus: true });
        return true;
    }
    if (element?.classList.contains("panel")) {
        showPanel(element);
        return true;
    }
    return false;
}

find("#steps").addEventListener("click", (event) => {
    const row = event.target.closest(".row");
    if (row && !isMeantElsewhere(event)) {
        choose(row);
        keepInAddress(row.id);
    }
});
addEventListener("hashchange", () => goTo(location.hash));
// A link to where the page is already leads there again.
document.addEventListener("click", (event) => {
    const link = event.target.closest?.('a[href^="#"]');
    if (link && !event.ctrlKey && !event.metaKey && !event.shiftKey && goTo(link.getAttribute("href"))) {
        keepInAddress(link.getAttribute("href").slice(1));
        event.preventDefault();
    }
});

function foldAll(open) {
    for (const row of rows) {
        if (row.tagName === "DETAILS") {
            row.open = open;
        }
    }
    if (!open) {
        findAll("#steps > details.row.test").forEach((row) => { row.open = true; });
    }
}
find("#unfold").addEventListener("click", () => foldAll(true));
find("#fold").addEventListener("click", () => foldAll(false));

const enlarged = find("#picture");
find("#steps").addEventListener("click", (event) => {
    if (event.target.matches("img.shot")) {
        find("img", enlarged)?.remove();
        const picture = make("img");
        picture.src = event.target.src;
        picture.alt = event.target.alt;
        enlarged.append(picture);
        enlarged.showModal();
    }
});
enlarged.addEventListener("click", (event) => {
    if (event.target === enlarged || event.target.tagName === "IMG") {
        enlarged.close();
    }
});
