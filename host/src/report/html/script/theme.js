// Light and dark: as the system has it, until the reader says otherwise.

function toggleTheme() {
    const root = document.documentElement;
    const system = matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";
    const theme = (root.dataset.theme ?? system) === "dark" ? "light" : "dark";
    root.dataset.theme = theme;
    try {
        localStorage.setItem("proctor-theme", theme);
    } catch {
        // Then for this time only.
    }
}
find("#theme").addEventListener("click", toggleTheme);
