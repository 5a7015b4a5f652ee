// The first look: where the address leads, else at the failure, with the consoles at that moment.

function addCopyButton() {
    const command = find("#again");
    if (!command) {
        return;
    }
    const button = make("button", "copy", "Copy");
    button.type = "button";
    button.addEventListener("click", async () => {
        let done = false;
        try {
            await navigator.clipboard.writeText(command.textContent);
            done = true;
        } catch {
            // Not every browser lets a file write there: what is selected can be copied by key.
            getSelection().selectAllChildren(command);
            done = document.execCommand("copy");
        }
        button.textContent = done ? "Copied" : "Selected";
        setTimeout(() => { button.textContent = "Copy"; }, 2000);
    });
    command.after(button);
}

function start() {
    addCopyButton();
    const failing = find("#steps .failing");
    const machine = consoles.find((view) => view.name === failing?.dataset.m) ?? consoles[0];
    showPanel(machine?.panel ?? panels[0]);
    if (location.hash !== "" && goTo(location.hash)) {
        return;
    }
    if (failing) {
        choose(failing, { scroll: "third" });
    } else {
        consoles.forEach((view) => view.show(0));
        consoles.forEach((view) => { view.marked = -1; });
        consoleOf(shown)?.draw(true);
    }
}
start();
document.documentElement.dataset.ready = "true";
