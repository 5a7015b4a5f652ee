// Before anything is laid out: what the page looks like where it has a script, and the theme that was chosen.
document.documentElement.classList.add("scripted");
try {
    const theme = localStorage.getItem("proctor-theme");
    if (theme === "light" || theme === "dark") {
        document.documentElement.dataset.theme = theme;
    }
} catch {
    // A browser may keep nothing for files.
}
