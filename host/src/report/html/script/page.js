// Everything shown is in the page already; these find it, and make the little that is not.

const find = (selector, within = document) => within.querySelector(selector);
const findAll = (selector, within = document) => [...within.querySelectorAll(selector)];

function make(tag, className, text) {
    const element = document.createElement(tag);
    if (className) {
        element.className = className;
    }
    if (text !== undefined) {
        element.textContent = text;
    }
    return element;
}

/** Whether a click only ends the selection of text, or is meant for something else in its place. */
function isMeantElsewhere(event) {
    return event.target.closest("a, button, input, pre, img") !== null || String(getSelection()) !== "";
}

/** Puts a fragment into the address without a new entry for "back". */
function keepInAddress(id) {
    try {
        history.replaceState(null, "", `#${id}`);
    } catch {
        // A sandboxed page has no history.
    }
}
