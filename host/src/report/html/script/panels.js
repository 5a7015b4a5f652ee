// What stands beside the log, as tabs.

const panels = findAll(".panel");
const consoles = panels.filter((panel) => panel.classList.contains("console")).map((panel) => new ConsoleView(panel));
const tabs = [];
let shown = null;

function consoleOf(panel) {
    return consoles.find((view) => view.panel === panel);
}

function showPanel(panel) {
    if (!panel) {
        return;
    }
    shown = panel;
    for (const tab of tabs) {
        const chosen = tab.panel === panel;
        tab.button.setAttribute("aria-selected", String(chosen));
        tab.button.tabIndex = chosen ? 0 : -1;
        tab.panel.hidden = !chosen;
        if (chosen) {
            tab.button.scrollIntoView({ block: "nearest", inline: "nearest" });
        }
    }
    const view = consoleOf(panel);
    if (view) {
        // The lines take the place of the text before it is laid out.
        void view.lines;
    }
    panel.open = true;
    view?.place();
}

/** Everything that shows consoles at the same moment. */
function showConsolesAt(time, machine) {
    for (const view of consoles) {
        view.showTime(time);
    }
    const view = consoles.find((view) => view.name === machine);
    if (view && shown?.classList.contains("console")) {
        showPanel(view.panel);
    }
}

function makeTabs() {
    const list = make("div", "tabs");
    list.setAttribute("role", "tablist");
    for (const panel of panels) {
        const button = make("button", "tab");
        button.type = "button";
        button.id = `tab-${panel.id}`;
        button.setAttribute("role", "tab");
        button.setAttribute("aria-controls", panel.id);
        const name = make("span", "", panel.dataset.name);
        if (panel.dataset.colour) {
            name.className = `machine m${panel.dataset.colour}`;
        }
        const badge = make("span", "badge");
        button.append(name, badge);
        button.addEventListener("click", () => {
            document.body.classList.add("sheet");
            showPanel(panel);
        });
        panel.setAttribute("role", "tabpanel");
        panel.setAttribute("aria-labelledby", button.id);
        tabs.push({ button, panel, badge });
        list.append(button);
    }
    list.addEventListener("keydown", (event) => {
        const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
        if (step) {
            const place = tabs.findIndex((tab) => tab.panel === shown);
            const next = tabs[(place + step + tabs.length) % tabs.length];
            showPanel(next.panel);
            next.button.focus();
            event.preventDefault();
            event.stopPropagation();
        }
    });
    const sheet = make("button", "close", "\u00d7");
    sheet.type = "button";
    sheet.setAttribute("aria-label", "Close");
    sheet.addEventListener("click", () => document.body.classList.remove("sheet"));
    const bar = make("div", "bar");
    bar.append(list, sheet);
    find("#panels").prepend(bar);
}
makeTabs();
