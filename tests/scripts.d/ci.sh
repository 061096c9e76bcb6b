# What a pipeline takes from here: the action, the workflow, the GitLab template, the hook, the image. See the head of tests/ci.py.
exec /usr/bin/python3 tests/ci.py
