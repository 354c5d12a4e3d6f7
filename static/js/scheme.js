// Runs before the first paint, so that a remembered scheme never flashes in the other one.
try {
  const scheme = localStorage.getItem("scheme");
  if (scheme === "light" || scheme === "dark") document.documentElement.dataset.theme = scheme;
} catch {
  // A browser that forbids storage keeps the system's scheme.
}
