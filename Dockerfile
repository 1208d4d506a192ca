# Pages and API, or the worker; the database is the compose file's.
FROM python:3.13-slim
ENV PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1
RUN useradd --create-home --uid 10001 holdfast && install -d -o 10001 /outage
WORKDIR /app
COPY requirements.txt .
RUN pip install --no-cache-dir --require-hashes -r requirements.txt
COPY --chown=holdfast . .
USER 10001
EXPOSE 4000 4001
ENV HOST=0.0.0.0 PORT=4000
HEALTHCHECK --interval=10s --timeout=3s CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:4000/ready')"]
CMD ["python", "-m", "flask", "--app", "wsgi", "run-all"]
