"""Tests of the ACH rail's file format."""
