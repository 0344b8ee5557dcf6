//! The official clients: the Python package `mcp`, and the inspector of npm.
