"""Custom images without a container engine: archives are unpacked here and run by bubblewrap.

`archive` reads what docker or an OCI tool has saved, `layers` puts the root file system together, `unpacked` is
the face of both, `sandbox` builds the command line. Nothing in here is downloaded, and no daemon takes part.
"""
