"""The resources of the API, a package each, with the same few modules.

`operations` are the rows of the table that routes and documents, `params` what they take, `handlers` what they do,
`schema` what replies mean. Neighbours: `framework` below; `core` does the work. Start reading at `operations`.
"""
