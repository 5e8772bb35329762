"""Leave a consumer group at once, instead of when the session runs out."""

from kafka.admin import MemberToRemove

from bunco.options import KafkaOptions
from bunco.streams.admin import administration


def leave(options: KafkaOptions, group: str, instance: str) -> None:
    """Take a static member out of its group: its partitions go to the others now.

    Raises:
        BrokerError: Kafka does not answer.
    """
    with administration(options, "leave") as admin:
        admin.remove_group_members(group, [MemberToRemove(group_instance_id=instance)])
