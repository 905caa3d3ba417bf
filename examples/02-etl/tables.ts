/** The example's own tables. Harmless twice; the lock keeps two workers from creating them at once. */
export const createTables = `
  SELECT pg_advisory_xact_lock(hashtext('millrace.example.etl'));
  CREATE TABLE IF NOT EXISTS etl_loads (
    run text PRIMARY KEY,
    rows integer NOT NULL,
    loaded_at timestamptz NOT NULL DEFAULT now()
  );
  CREATE TABLE IF NOT EXISTS etl_flights (
    run text NOT NULL,
    chunk smallint NOT NULL,
    departure_minute smallint NOT NULL,
    delay_minutes integer NOT NULL,
    distance_miles integer NOT NULL
  );
  CREATE TABLE IF NOT EXISTS etl_hours (
    run text NOT NULL,
    hour smallint NOT NULL,
    flights integer NOT NULL,
    delay_minutes integer NOT NULL,
    distance_miles integer NOT NULL,
    late integer NOT NULL,
    PRIMARY KEY (run, hour)
  );`;

/** What earlier runs loaded makes room: the tables hold one data set. */
export const deleteRows = 'DELETE FROM etl_flights';
export const deleteHours = 'DELETE FROM etl_hours';

/** The run; 0 rows where it has loaded before. */
export const insertLoad = 'INSERT INTO etl_loads (run, rows) VALUES ($1, $2) ON CONFLICT DO NOTHING';

/** The run, the chunk, and the columns of some of its rows. */
export const insertRows = `
  INSERT INTO etl_flights (run, chunk, departure_minute, delay_minutes, distance_miles)
  SELECT $1, $2, * FROM unnest($3::smallint[], $4::integer[], $5::integer[])`;

/** The run, and the columns of its hours. */
export const insertHours = `
  INSERT INTO etl_hours (run, hour, flights, delay_minutes, distance_miles, late)
  SELECT $1, * FROM unnest($2::smallint[], $3::integer[], $4::integer[], $5::integer[], $6::integer[])`;
