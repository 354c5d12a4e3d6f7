# One image for web, worker, beat and the migration; docker-compose.yml says which one a container is.
FROM python:3.13-slim

RUN apt-get update \
    && apt-get install --yes --no-install-recommends git openssh-client make \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --create-home --uid 1000 portal

WORKDIR /app
COPY Makefile requirements.txt ./
RUN make setup
COPY . .
ENV PATH=/app/.venv/bin:$PATH PYTHONUNBUFFERED=1 VAR=/data STATIC_ROOT=/app/static-files HOST=0.0.0.0
RUN mkdir /data static-files && chown portal:portal /data static-files && chmod 700 /data
USER portal
# Static files are made once here and lie in the image, so that every container serves the same ones.
RUN python manage.py collectstatic --no-input --verbosity 0 && rm -f /data/secret-key
EXPOSE 8000
CMD ["python", "manage.py", "serve", "web"]
