"""How evidence comes in: pages that a person captures; mail and imports later.

`urls.py` decides which addresses are the same posting. `capture.py` reads a request's body, however broken
the page in it is. `intake.py` keeps it: the first capture of a posting makes its application's id, a further
one is more evidence for the same application, the same content again is not stored twice. A capture is raw
evidence and is never changed; a trigger in the database sees to it.
"""
