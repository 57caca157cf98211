"""A bank to rehearse with: its own program, which reads Brim's files as a bank would and answers them in files.

It plays the ODFI and every receiving bank. It uses nothing of Brim but the clock, so a mistake in Brim's own reading
and writing of files cannot hide in it. Neighbours: none but `cli`, which lists its commands. Start reading at
`simulation`; `inspection` says what is rejected, `outcomes` which account numbers are returned.
"""
