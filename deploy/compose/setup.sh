#!/bin/sh
# What a stack needs before anybody writes: users, topics, index templates. Safe to repeat.
set -eu
python /opt/bunco/compose/users.py http://elasticsearch:9200 /keys
bunco topics create
bunco index create
