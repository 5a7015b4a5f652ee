// A console: as many lines as a machine prints, of which those in view are elements.

/** The height of a line in pixels, as in the style sheet. */
const LINE = 18;
/** Lines beyond the view, above and below, that are ready when it moves. */
const SPARE = 20;

class ConsoleView {
    constructor(panel) {
        this.panel = panel;
        this.id = panel.id;
        this.name = panel.dataset.name;
        this.first = Number(panel.dataset.first);
        this.text = null;
        this.marked = -1;
        this.match = -1;
        this.needles = [];
        this.matches = [];
        this.wanted = null;
        const pre = find("pre", panel);
        this.pre = pre;
        if (pre) {
            this.view = make("div", "view");
            this.view.tabIndex = 0;
            this.view.setAttribute("aria-label", `Console of ${this.name}`);
            this.sizer = make("div", "sizer");
            this.rows = make("div", "rows");
            this.sizer.append(this.rows);
            this.view.append(this.sizer);
            this.view.addEventListener("scroll", () => this.draw(), { passive: true });
            this.view.addEventListener("click", (event) => this.clicked(event));
            new ResizeObserver(() => this.draw(true)).observe(this.view);
        }
    }

    /** The lines. They are read when somebody looks for the first time. */
    get lines() {
        if (this.text === null) {
            this.text = this.pre ? this.pre.textContent.split("\n") : [];
            this.times = Float64Array.from(this.text, parseFloat);
            this.pre?.replaceWith(this.view);
            if (this.sizer) {
                const widest = this.text.reduce((most, line) => Math.max(most, line.length), 0);
                this.sizer.style.height = `${this.text.length * LINE}px`;
                this.sizer.style.minWidth = `${widest + 4}ch`;
            }
        }
        return this.text;
    }

    /** The last line until a moment, -1 where there is none. */
    indexAt(time) {
        const count = this.lines.length;
        let low = 0;
        let high = count;
        while (low < high) {
            const middle = (low + high) >> 1;
            if (this.times[middle] <= time) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low - 1;
    }

    /** Brings a line into view and marks it; when the console is shown, where it is not. */
    show(index) {
        this.marked = index;
        this.wanted = index;
        this.place();
    }

    showTime(time) {
        this.show(this.indexAt(time));
    }

    showEnd() {
        this.wanted = this.lines.length - 1;
        this.place();
    }

    place() {
        if (!this.view || this.panel.hidden || this.view.clientHeight === 0) {
            return;
        }
        if (this.wanted !== null) {
            const height = this.view.clientHeight;
            this.view.scrollTop = Math.max(0, (this.wanted + 1) * LINE - height * 0.6);
            this.wanted = null;
        }
        this.draw(true);
    }

    draw(anew = false) {
        if (!this.view || this.panel.hidden) {
            return;
        }
        const lines = this.lines;
        const from = Math.max(0, Math.floor(this.view.scrollTop / LINE) - SPARE);
        const to = Math.min(lines.length, Math.ceil((this.view.scrollTop + this.view.clientHeight) / LINE) + SPARE);
        // What is ready is enough for as long as half of it is to spare.
        const enough = !anew && Math.abs(from - this.from) < SPARE / 2 && Math.abs(to - this.to) < SPARE / 2;
        if (enough) {
            return;
        }
        this.from = from;
        this.to = to;
        this.rows.style.transform = `translateY(${from * LINE}px)`;
        const rows = [];
        for (let index = from; index < to; index += 1) {
            rows.push(this.row(index, lines[index]));
        }
        this.rows.replaceChildren(...rows);
    }

    row(index, line) {
        const row = make("div", index === this.marked ? "line now" : "line");
        row.dataset.index = index;
        const tab = line.indexOf("\t");
        const time = make("a", "t", line.slice(0, tab));
        time.href = `#${this.id}-${this.first + index}`;
        time.tabIndex = -1;
        row.append(time, ...highlighted(line.slice(tab + 1), this.needles));
        return row;
    }

    clicked(event) {
        const row = event.target.closest(".line");
        if (!row || isMeantElsewhere(event)) {
            return;
        }
        this.choose(Number(row.dataset.index));
    }

    /** Marks a line, and the step during which it came. */
    choose(index) {
        this.marked = index;
        this.draw(true);
        keepInAddress(`${this.id}-${this.first + index}`);
        markStepAt(this.times[index], this);
    }

    /** Marks what is searched. Returns in how many lines it is. */
    search(needles, from, to) {
        this.needles = needles;
        this.matches = [];
        this.match = -1;
        const ranged = from > -Infinity || to < Infinity;
        if (needles.length > 0 || ranged) {
            const lines = this.lines;
            for (let index = 0; index < lines.length; index += 1) {
                const time = this.times[index];
                const line = needles.length > 0 ? lines[index].slice(lines[index].indexOf("\t") + 1).toLowerCase() : "";
                if (time >= from && time <= to && needles.every((needle) => line.includes(needle))) {
                    this.matches.push(index);
                }
            }
            // What is marked is a moment, and stays: a range is one, words are not.
            if (this.matches.length > 0 && needles.length === 0) {
                this.show(this.matches[0]);
            } else if (this.matches.length > 0) {
                this.match = this.matches[0];
                this.wanted = this.match;
                this.place();
            }
        }
        if (!this.panel.hidden) {
            this.draw(true);
        }
        return this.matches.length;
    }

    /** The next match, or the previous one. */
    step(direction) {
        const matches = this.matches;
        if (matches.length === 0) {
            return;
        }
        const next = direction > 0
            ? matches.find((index) => index > this.match) ?? matches[0]
            : matches.findLast((index) => index < this.match) ?? matches[matches.length - 1];
        this.match = next;
        this.show(next);
    }
}

/** A text in pieces, with what is searched marked. */
function highlighted(text, needles) {
    const lower = text.toLowerCase();
    // A character whose small form has another length would shift what follows.
    const exact = lower.length === text.length;
    const pieces = [];
    let done = 0;
    while (exact && needles.length > 0) {
        let next = null;
        for (const needle of needles) {
            const place = lower.indexOf(needle, done);
            if (place >= 0 && (next === null || place < next.place)) {
                next = { place, length: needle.length };
            }
        }
        if (next === null) {
            break;
        }
        pieces.push(text.slice(done, next.place), make("mark", "", text.slice(next.place, next.place + next.length)));
        done = next.place + next.length;
    }
    pieces.push(text.slice(done));
    return pieces;
}
