#!/bin/sh
# Orders from a shell, with kcat (Debian: apt-get install kcat): sh order.sh <order> <cents>
set -eu
printf '{"handler":"invoices.make","input":{"order":"%s","cents":%s}}' "$1" "$2" |
  kcat -P -q -b "${MILLRACE_KAFKA_BROKERS:-127.0.0.1:9092}" -t "${MILLRACE_TOPICS_PREFIX:-millrace}.intake" \
    -H ce_specversion=1.0 -H ce_type=millrace.run.requested -H ce_source=/shop -H "ce_id=$1" -H content-type=application/json
