"""Plugins of our own in the configuration that Reflex writes for Vite, the program that builds the pages."""

ANCHORS = ("export default defineConfig", "alwaysUseReactDomServerNode(),")  # in that file


def with_plugin(config: str, name: str, source: str) -> str:
    """The configuration with a plugin, the function `name` in `source`. Raises ValueError if it is not Reflex's."""
    if name in config:
        return config
    start, plugins = ANCHORS
    if config.count(start) != 1 or config.count(plugins) != 1:
        raise ValueError(f"Reflex's vite.config.js has no place for a plugin: see {__name__}")
    return config.replace(start, f"{source.strip()}\n\n{start}").replace(plugins, f"{name}(),\n    {plugins}")
