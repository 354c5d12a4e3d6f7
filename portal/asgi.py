"""The door for granian and other ASGI servers."""

import gc
import os
import warnings

from django.core.asgi import get_asgi_application

from portal.bodies import BodyLimit

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")

# WhiteNoise hands out files as synchronous streams. Ours are small, so reading one whole costs nothing; Django
# would say so in the log all the same.
warnings.filterwarnings("ignore", message="StreamingHttpResponse must consume synchronous iterators")

application = BodyLimit(get_asgi_application())

# What start-up made lives as long as the process. Looking through it again at each full collection of garbage
# stops a request for more than a tenth of a second (docs/performance.md).
gc.collect()
gc.freeze()
