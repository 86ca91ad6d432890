"""The screens, each with its styles beside it. Screens know no SQL: they read through the queries of `reading`."""
