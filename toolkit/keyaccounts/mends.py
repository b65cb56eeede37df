"""The line of code that mends a column, in the words of the caller's engine.

A message that says "convert it first" has to say how, and what it says has to work: the tests run
each of these lines as it stands and look at the answer.
"""

from __future__ import annotations

from collections.abc import Sequence

DAY = "2026-12-31"
"""The day up to which the example of :data:`MENDS` counts."""

# What is wanted → engine → an expression. {c} is the column, as the engine's code names it.
MENDS = {
    "numbers": {  # of text
        "pandas": "pandas.to_numeric({c})",
        "polars": "{c}.cast(polars.String).cast(polars.Float64)",  # of a category, not its place
        "pyarrow": "{c}.cast('string').cast('double')",
        "duckdb": "cast(cast({c} as varchar) as double)",
        "pyspark": "{c}.cast('double')",
    },
    "floats": {  # of numbers too long for anything else
        "pandas": "{c}.astype(float)",
    },
    "ones": {  # of truth values
        "pandas": "{c}.astype('Int64')",
        "polars": "{c}.cast(polars.Int64)",
        "pyarrow": "{c}.cast('int64')",
        "duckdb": "cast({c} as integer)",
        "pyspark": "{c}.cast('int')",
    },
    "days": {  # of a span of time
        "pandas": "pandas.to_timedelta({c}) / pandas.Timedelta(days=1)",
        "polars": "{c}.dt.total_milliseconds() / 86_400_000",
        "pyarrow": "pyarrow.compute.divide({c}.cast('duration[ms]', False).cast('int64')"
        ".cast('double'), 86_400_000)",
        "duckdb": "epoch({c}) / 86400",
        "pyspark": "{c}.cast('interval second').cast('decimal(18,6)').cast('double') / 86400",
    },
    "days until": {  # of dates
        "pandas": f"(pandas.Timestamp('{DAY}') - pandas.to_datetime({{c}}).dt.tz_localize(None)"
        ".dt.normalize()).dt.days",
        "polars": f"(polars.lit('{DAY}').str.to_date() - {{c}}.dt.date()).dt.total_days()",
        "pyarrow": "pyarrow.compute.days_between({c}.cast('date32', False), "
        f"pyarrow.scalar('{DAY}').cast('date32'))",
        "duckdb": f"date_diff('day', {{c}}, date '{DAY}')",
        "pyspark": "pyspark.sql.functions.datediff("
        f"pyspark.sql.functions.lit('{DAY}').cast('date'), {{c}})",
    },
    "dates of text": {
        "pandas": "pandas.to_datetime({c})",
        "polars": "{c}.cast(polars.String)",
        "pyarrow": "{c}.cast('string')",
        "duckdb": "cast({c} as varchar)",
        "pyspark": "{c}.cast('string')",
    },
    "dates of 20261231": {
        "pandas": "pandas.to_datetime({c}.astype('Int64').astype('string'), format='%Y%m%d')",
        "polars": "{c}.cast(polars.Int64).cast(polars.String).str.to_date('%Y%m%d')",
        "pyarrow": "pyarrow.compute.strptime("
        "{c}.cast('int64').cast('string'), '%Y%m%d', 's')",
        "duckdb": "strptime(cast(cast({c} as bigint) as varchar), '%Y%m%d')",
        "pyspark": "pyspark.sql.functions.to_date({c}.cast('bigint').cast('string'), 'yyyyMMdd')",
    },
    "dates of Excel": {  # whose day 25569 is January 1, 1970
        "pandas": "pandas.to_datetime({c}, unit='D', origin='1899-12-30')",
        "polars": "({c}.cast(polars.Int32) - 25569).cast(polars.Date)",
        "pyarrow": "pyarrow.compute.subtract({c}.cast('int64', False), 25569)"
        ".cast('int32').cast('date32')",
        "duckdb": "date '1899-12-30' + cast(floor({c}) as integer)",
        "pyspark": "pyspark.sql.functions.date_add("
        "pyspark.sql.functions.lit('1899-12-30').cast('date'), {c}.cast('int'))",
    },
    "dates of periods": {"pandas": "{c}.dt.to_timestamp()"},
    "text": {
        "pandas": "{c}.astype('string')",
    },
}  # fmt: skip

_COLUMN = {"polars": "polars.col({name!r})", "duckdb": "{quoted}"}
_LINE = {
    "polars": "rows = rows.with_columns({new}.alias({name!r}))",
    "pyarrow": "rows = rows.set_column({place}, {name!r}, {new})",
    "pyspark": "rows = rows.withColumn({name!r}, {new})",
}


def quoted(name: str) -> str:
    """Return a name as SQL writes it."""
    return '"' + name.replace('"', '""') + '"'


def line(what: str, engine: str, name: str, present: Sequence[str] = ()) -> str:
    r"""Return the line that mends a column of `rows`.

    Parameters
    ----------
    what : str
        One of :data:`MENDS`.
    engine : str
        As :attr:`keyaccounts.frames.Source.engine` calls it.
    name : str
        The column.
    present : list of str, optional
        All columns of the table, in order, which pyarrow counts.

    Examples
    --------
    >>> line("numbers", "pandas", "amount")
    "rows['amount'] = pandas.to_numeric(rows['amount'])"
    >>> line("days", "duckdb", "late")
    'rows = rows.select(\'* replace (epoch("late") / 86400 as "late")\')'
    """
    sql = quoted(name)
    column = _COLUMN.get(engine, "rows[{name!r}]").format(name=name, quoted=sql)
    new = MENDS[what][engine].replace("{c}", column)
    if engine == "duckdb":
        return f"rows = rows.select({f'* replace ({new} as {sql})'!r})"
    if engine == "polars" and (" / " in new or " - " in new):
        new = f"({new})"
    shape = _LINE.get(engine, "rows[{name!r}] = {new}")
    place = [*present].index(name) if engine == "pyarrow" else None
    return shape.format(name=name, new=new, place=place)
