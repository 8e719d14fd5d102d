"""Serves Step Functions by moto's interpreter, whose tasks call the endpoints given. Mends are listed in work-arounds.md.

argv: PORT ATHENA_ENDPOINT GLUE_ENDPOINT DEFAULT_ENDPOINT
"""

import os
import sys
import threading
import time
import uuid
from datetime import datetime

PORT = int(sys.argv[1])
ENDPOINTS = {"athena": sys.argv[2], "glue": sys.argv[3]}
DEFAULT = sys.argv[4]
# Each is a process of its own, and there are but a few cores.
invocations = threading.BoundedSemaphore(6)
os.environ.update(MOTO_PORT=str(PORT), MOTO_ACCOUNT_ID="000000000000")

import boto3
import moto.stepfunctions.parser.asl.utils.boto_client as boto_client
import requests
from botocore.config import Config
from moto.server import ThreadedMotoServer

OWN = f"http://127.0.0.1:{PORT}"


def client(region, service, state_credentials=None):
    """A client of the endpoint that plays the service; executions started by a task run here."""
    endpoint = OWN if service in ("stepfunctions", "sfn") else ENDPOINTS.get(service, DEFAULT)
    made = boto3.client(
        service,
        region_name=region,
        aws_access_key_id="test",
        aws_secret_access_key="test",
        endpoint_url=endpoint,
        config=Config(
            parameter_validation=False,
            read_timeout=900,
            retries={"total_max_attempts": 1},
            max_pool_connections=100,
        ),
    )
    if service == "lambda":
        invoke = made.invoke

        def invoke_in_turn(**parameters):
            with invocations:
                return invoke(**parameters)

        made.invoke = invoke_in_turn
    if service in ("stepfunctions", "sfn"):
        start = made.start_execution

        def start_execution(**parameters):
            return start(**{name[0].lower() + name[1:]: value for name, value in parameters.items()})

        made.start_execution = start_execution
    return made


original_client = boto_client.boto_client_for
boto_client.boto_client_for = client

import moto.stepfunctions.models  # noqa: E402  brings every task service in
import moto.stepfunctions.parser.models  # noqa: E402, F401
import moto.stepfunctions.parser.asl.component.state.exec.state_task.service.state_task_service_aws_sdk as sdk  # noqa: E402
import moto.stepfunctions.parser.asl.component.state.exec.state_task.service.state_task_service_factory as factory  # noqa: E402
import moto.stepfunctions.parser.asl.component.state.exec.state_task.service.state_task_service_glue as tasks  # noqa: E402

for module in list(sys.modules.values()):
    if getattr(module, "boto_client_for", None) is original_client:
        module.boto_client_for = client


sdk._SERVICE_ERROR_NAMES["glue"] = "Glue"
eval_sdk_task = sdk.StateTaskServiceAwsSdk._eval_service_task


def as_json(value):
    if isinstance(value, dict):
        return {name: as_json(each) for name, each in value.items()}
    if isinstance(value, list):
        return [as_json(each) for each in value]
    return value.isoformat() if isinstance(value, datetime) else value


def eval_sdk_task_as_json(self, env, *rest, **others):
    """Times are text on AWS; moto leaves Python's, which no later step can write down."""
    eval_sdk_task(self, env, *rest, **others)
    env.stack.append(as_json(env.stack.pop()))


sdk.StateTaskServiceAwsSdk._eval_service_task = eval_sdk_task_as_json


class StateTaskServiceAthena(tasks.StateTaskServiceGlue):
    """`athena:startQueryExecution.sync`, which moto does not know: starts the query and asks until it is over."""

    def __init__(self):
        # Both patterns: moto fails on a service that has .sync alone.
        patterns = {tasks.ResourceCondition.Sync, tasks.ResourceCondition.WaitForTaskToken}
        tasks.StateTaskServiceCallback.__init__(self, supported_integration_patterns=patterns)

    def _get_supported_parameters(self):
        return {
            "QueryString",
            "QueryExecutionContext",
            "ResultConfiguration",
            "WorkGroup",
            "ClientRequestToken",
            "ExecutionParameters",
            "ResultReuseConfiguration",
        }

    def _from_error(self, env, ex):
        failure = super()._from_error(env=env, ex=ex)
        if isinstance(ex, tasks.ClientError):
            name = f"Athena.{ex.response['Error']['Code']}"
            failure.error_name = tasks.CustomErrorName(name)
            failure.event_details["taskFailedEventDetails"]["error"] = name
        return failure

    def _handle_start_query_execution(self, env, runtime, parameters, credentials):
        answer = client(runtime.region, "athena").start_query_execution(**parameters)
        answer.pop("ResponseMetadata", None)
        env.stack.append(answer)

    def _sync_to_start_query_execution(self, env, runtime, parameters, credentials):
        query = env.stack.pop()["QueryExecutionId"]
        athena = client(runtime.region, "athena")

        def look():
            execution = athena.get_query_execution(QueryExecutionId=query)["QueryExecution"]
            status = execution["Status"]
            if status["State"] in ("QUEUED", "RUNNING"):
                return None
            for name in ("SubmissionDateTime", "CompletionDateTime"):
                if name in status:
                    status[name] = int(status[name].timestamp() * 1000)
            if status["State"] == "SUCCEEDED":
                return {"QueryExecution": execution}
            details = tasks.TaskFailedEventDetails(
                resource=self._get_sfn_resource(),
                resourceType=self._get_sfn_resource_type(),
                error="States.TaskFailed",
                cause=tasks.to_json_str({"QueryExecution": execution}),
            )
            raise tasks.FailureEventException(
                tasks.FailureEvent(
                    env=env,
                    error_name=tasks.StatesErrorName(typ=tasks.StatesErrorNameType.StatesTaskFailed),
                    event_type=tasks.HistoryEventType.TaskFailed,
                    event_details=tasks.EventDetails(taskFailedEventDetails=details),
                )
            )

        return look


original_service = factory.state_task_service_for


def service_for(service_name):
    return StateTaskServiceAthena() if service_name == "athena" else original_service(service_name)


for module in list(sys.modules.values()):
    if getattr(module, "state_task_service_for", None) is original_service:
        module.state_task_service_for = service_for

backend = moto.stepfunctions.parser.models.StepFunctionsParserBackend
start_execution = backend.start_execution


def start_named(self, state_machine_arn, name=None, *rest, **others):
    """AWS makes a name up where none is given."""
    return start_execution(self, state_machine_arn, name or str(uuid.uuid4()), *rest, **others)


backend.start_execution = start_named

ThreadedMotoServer(ip_address="127.0.0.1", port=PORT, verbose=False).start()
requests.post(f"{OWN}/moto-api/config", json={"stepfunctions": {"execute_state_machine": True}})
print("ready", flush=True)
while True:
    time.sleep(60)
