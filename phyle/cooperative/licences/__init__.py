"""Licences: what a use may rely on, decided from facts by tables that cite the text; and manifests of files."""
