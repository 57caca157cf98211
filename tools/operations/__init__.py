"""What `tools/operations_drill.py` is made of: the document's blocks, the hosts, and what stands for the Internet."""
