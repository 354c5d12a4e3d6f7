"""The door for granian and other ASGI servers."""

import os
import warnings

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")

# WhiteNoise hands out files as synchronous streams. Ours are small, so reading one whole costs nothing; Django
# would say so in the log all the same.
warnings.filterwarnings("ignore", message="StreamingHttpResponse must consume synchronous iterators")

application = get_asgi_application()
