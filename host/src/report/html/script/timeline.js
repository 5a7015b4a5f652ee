// The timeline: the chosen moment, a range that filters the log, screenshots as a film strip.

const lanes = find(".lanes");
const end = Number(lanes.dataset.end);
const over = make("div", "over");
const range = make("div", "range");
const cursor = make("div", "cursor");
range.hidden = true;
cursor.hidden = true;
over.append(range, cursor);
lanes.append(over);

const percent = (time) => `${Math.min(100, Math.max(0, (time / end) * 100))}%`;

function showCursor(from, to) {
    cursor.hidden = false;
    cursor.style.left = percent(from);
    cursor.style.width = percent(to - from);
}

function showRange(wanted) {
    range.hidden = wanted === null;
    if (wanted) {
        const from = Math.max(0, wanted.from);
        range.style.left = percent(from);
        range.style.width = percent(Math.min(end, wanted.to) - from);
    }
}

/** The moment below a pointer. */
function timeAt(event) {
    const box = over.getBoundingClientRect();
    return Math.min(1, Math.max(0, (event.clientX - box.left) / box.width)) * end;
}

/** So far a pointer moves where it drags, in pixels. */
const DRAG = 4;
let drag = null;

lanes.addEventListener("pointerdown", (event) => {
    if (event.button === 0 && event.target.closest("svg.lane, .over, .strip") && !event.target.closest("button")) {
        drag = { x: event.clientX, from: timeAt(event), moved: false };
        event.preventDefault();
    }
});
// Neither links nor pictures are dragged away.
lanes.addEventListener("dragstart", (event) => event.preventDefault());
addEventListener("pointermove", (event) => {
    if (drag && (drag.moved || Math.abs(event.clientX - drag.x) > DRAG)) {
        drag.moved = true;
        const time = timeAt(event);
        showRange({ from: Math.min(drag.from, time), to: Math.max(drag.from, time) });
    }
});
addEventListener("pointerup", (event) => {
    const done = drag;
    drag = null;
    if (!done) {
        return;
    }
    const time = timeAt(event);
    if (done.moved) {
        // The click that follows is none.
        const swallow = (click) => { click.preventDefault(); click.stopPropagation(); };
        addEventListener("click", swallow, { capture: true });
        setTimeout(() => {
            removeEventListener("click", swallow, { capture: true });
            setRange(Math.min(done.from, time), Math.max(done.from, time));
        });
    } else if (!event.target.closest("a")) {
        const row = stepAt(time, undefined);
        if (row) {
            showHidden(row);
            choose(row, { scroll: true, sync: false });
        }
        showConsolesAt(time, undefined);
        showCursor(time, time);
    }
});

/** The pictures of the log, small, where they were taken; beside one another where they would hide each other. */
function makeStrip() {
    const pictures = findAll("#steps img.shot");
    if (pictures.length === 0) {
        return;
    }
    const strip = make("div", "strip");
    const label = make("span", "label", "screen");
    for (const picture of pictures) {
        const row = picture.closest(".row");
        const button = make("button", "thumb");
        button.type = "button";
        button.title = `${picture.alt} at ${row.dataset.t} s`;
        button.setAttribute("aria-label", button.title);
        const small = make("img");
        small.src = picture.src;
        small.alt = "";
        button.append(small);
        button.addEventListener("click", () => {
            showHidden(row);
            row.open = true;
            choose(row, { scroll: "third" });
            keepInAddress(row.id);
        });
        strip.append(button);
    }
    find(".label.axis").before(label, strip);
    const thumbs = findAll(".thumb", strip);
    const place = () => {
        const width = strip.clientWidth;
        const size = 64;
        const gap = Math.min(size, (width - size) / Math.max(1, thumbs.length - 1));
        let left = 0;
        thumbs.forEach((thumb, index) => {
            const wish = (startOf(pictures[index].closest(".row")) / end) * width;
            const room = width - size - (thumbs.length - 1 - index) * gap;
            left = Math.max(left, Math.min(wish, room));
            thumb.style.left = `${left}px`;
            left += gap;
        });
    };
    new ResizeObserver(place).observe(strip);
}
makeStrip();
