/* Turnover by shop, and what it took: the own table, joined with what Millrace tells of its runs. */
SELECT
  sale.shop,
  count(*) AS sales,
  sum(sale.cents) AS cents,
  sum(task.attempt) AS attempts,
  sum(task.failures) AS failures,
  bool_and(run.status = 'succeeded') AS all_succeeded
FROM shop_sales AS sale
JOIN runs AS run ON run.id = sale.run_id
JOIN task_runs AS task ON task.run_id = sale.run_id
GROUP BY sale.shop
ORDER BY cents DESC
